using System.Collections.Frozen;

namespace GGLib.Engine.Processes;

/// <summary>
/// The environment of child processes. Only what llama-server or a tool can need is inherited: gglib's own environment holds secrets, and variables such as <c>LLAMA_ARG_PORT</c> change llama-server's
/// behavior. A variable <c>GGLIB_CHILD_ENV_NAME</c> of gglib gives every child a variable <c>NAME</c>, whatever its name is. Pure.
/// </summary>
internal static class ChildEnvironment
{
    /// <summary>The prefix of variables that are passed under the rest of their name.</summary>
    public const string PassPrefix = "GGLIB_CHILD_ENV_";

    private static readonly StringComparison Comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static readonly FrozenSet<string> Names = Set(
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_DATA_DIRS", "DRI_PRIME");

    private static readonly FrozenSet<string> WindowsNames = Set(
        "SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "TEMP", "TMP", "USERNAME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "ALLUSERSPROFILE", "PUBLIC", "ProgramData", "ProgramFiles",
        "ProgramFiles(x86)", "ProgramW6432", "CommonProgramFiles", "CommonProgramFiles(x86)", "CommonProgramW6432", "NUMBER_OF_PROCESSORS", "OS");

    // A tool that downloads: proxies, certificates, and where its configuration lies.
    private static readonly FrozenSet<string> NetworkNames = Set(
        "http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "APT_CONFIG");

    // Locales, GPUs (choice, drivers, caches), libraries that compute, and the place of the .NET runtime, which a program that is not self-contained needs.
    private static readonly string[] Prefixes =
    [
        "LC_", "CUDA_", "NVIDIA_", "NV_", "__NV_", "__GL_", "HIP_", "ROCR_", "ROCM_", "ROCBLAS_", "HSA_", "AMD_", "GPU_", "GGML_", "VK_", "MESA_", "RADV_", "ANV_", "ONEAPI_", "SYCL_", "ZE_", "ZES_", "UR_", "OCL_", "OPENCL_",
        "MUSA_", "ASCEND_", "METAL_", "MTL_", "OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_", "BLIS_", "DOTNET_ROOT",
    ];

    private static readonly string[] SecretEndings = ["TOKEN", "KEY", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "CREDENTIALS"];

    /// <summary>Replaces an environment that a child would inherit with what it gets.</summary>
    /// <param name="environment">gglib's own environment, for example <see cref="System.Diagnostics.ProcessStartInfo.Environment"/>.</param>
    /// <param name="usesNetwork">Whether the child is a tool that downloads.</param>
    public static void Reduce(IDictionary<string, string?> environment, bool usesNetwork = false)
    {
        var passed = environment.Where(static variable => variable.Key.StartsWith(PassPrefix, Comparison) && variable.Key.Length > PassPrefix.Length).ToList();
        foreach (var name in environment.Keys.Where(name => !IsInherited(name, usesNetwork)).ToList())
        {
            environment.Remove(name);
        }

        foreach (var (name, value) in passed)
        {
            environment[name[PassPrefix.Length..]] = value;
        }
    }

    /// <summary>The value that a child inherits for a name; null for none.</summary>
    /// <param name="name">The name in the child.</param>
    /// <param name="own">Reads a variable of gglib.</param>
    public static string? Inherited(string name, Func<string, string?> own) => own(PassPrefix + name) ?? (IsInherited(name) ? own(name) : null);

    /// <summary>Whether a child inherits the variable of this name.</summary>
    public static bool IsInherited(string name, bool usesNetwork = false) =>
        Names.Contains(name)
        || (usesNetwork && NetworkNames.Contains(name))
        || (OperatingSystem.IsWindows() && (WindowsNames.Contains(name) || name.StartsWith("PROCESSOR_", Comparison)))
        || (Prefixes.Any(prefix => name.StartsWith(prefix, Comparison)) && !IsSecret(name));

    // NVIDIA_API_KEY is no choice of a GPU.
    private static bool IsSecret(string name) => SecretEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
}
