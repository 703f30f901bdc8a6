namespace GGLib.Engine.Installation.Releases;

/// <summary>
/// An archive's name taken apart: <c>llama-b6123-bin-win-cuda-12.4-x64.zip</c> is for <c>win</c>, <c>x64</c>, in the variant
/// <c>cuda-12.4</c>. <c>macos-arm64-kleidiai</c> shows that the variant may also come last.
/// </summary>
internal sealed record AssetName(string System, string Cpu, string Variant)
{
    private static readonly string[] Endings = [".tar.gz", ".tgz", ".zip"];
    private static readonly string[] Cpus = ["x64", "arm64", "x86", "arm", "s390x", "ppc64le", "riscv64", "loongarch64"];

    /// <summary>Null for what is no archive of programs: the CUDA runtime, the Apple framework, the web page.</summary>
    public static AssetName? Parse(string name)
    {
        var ending = Array.Find(Endings, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        var bin = name.IndexOf("-bin-", StringComparison.Ordinal);
        if (ending is null || bin < 0 || !name.StartsWith("llama-", StringComparison.Ordinal))
        {
            return null;
        }

        var words = name[(bin + "-bin-".Length)..^ending.Length].Split('-');
        var cpu = Array.FindIndex(words, 1, static word => Cpus.Contains(word));
        return cpu < 0 ? null : new AssetName(words[0], words[cpu], string.Join('-', words.Where((_, index) => index != 0 && index != cpu)));
    }
}
