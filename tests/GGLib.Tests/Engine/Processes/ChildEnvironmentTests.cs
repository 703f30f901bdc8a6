using GGLib.Engine.Processes;

namespace GGLib.Tests.Engine.Processes;

/// <summary>Variables that children inherit, and those that they do not.</summary>
public sealed class ChildEnvironmentTests
{
    [Theory]
    [InlineData("PATH")]
    [InlineData("HOME")]
    [InlineData("LANG")]
    [InlineData("LC_ALL")]
    [InlineData("TZ")]
    [InlineData("TMPDIR")]
    [InlineData("LD_LIBRARY_PATH")]
    [InlineData("CUDA_VISIBLE_DEVICES")]
    [InlineData("NVIDIA_VISIBLE_DEVICES")]
    [InlineData("HIP_VISIBLE_DEVICES")]
    [InlineData("ROCR_VISIBLE_DEVICES")]
    [InlineData("HSA_OVERRIDE_GFX_VERSION")]
    [InlineData("GGML_CUDA_ENABLE_UNIFIED_MEMORY")]
    [InlineData("VK_ICD_FILENAMES")]
    [InlineData("ONEAPI_DEVICE_SELECTOR")]
    [InlineData("SYCL_CACHE_PERSISTENT")]
    [InlineData("ZE_AFFINITY_MASK")]
    [InlineData("OMP_NUM_THREADS")]
    [InlineData("GOMP_SPINCOUNT")]
    [InlineData("KMP_AFFINITY")]
    [InlineData("MKL_NUM_THREADS")]
    public void Inherited(string name) => Assert.True(ChildEnvironment.IsInherited(name));

    [Theory]
    [InlineData("LLAMA_API_KEY")]
    [InlineData("LLAMA_ARG_API_PREFIX")]
    [InlineData("HF_TOKEN")]
    [InlineData("HF_ENDPOINT")]
    [InlineData("AWS_SECRET_ACCESS_KEY")]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("NVIDIA_API_KEY")]
    [InlineData("GGML_token")]
    [InlineData("CUDA_PASSWORD")]
    [InlineData("VK_SECRET")]
    [InlineData("DATABASE_URL")]
    [InlineData("OLLAMA_HOST")]
    [InlineData("GGLIB_HOME")]
    [InlineData("https_proxy")]
    [InlineData("LD_PRELOAD")]
    public void Not_inherited(string name) => Assert.False(ChildEnvironment.IsInherited(name));

    [Theory]
    [InlineData("https_proxy", true)]
    [InlineData("NO_PROXY", true)]
    [InlineData("SSL_CERT_FILE", true)]
    [InlineData("PATH", true)]
    [InlineData("HF_TOKEN", false)]
    public void A_tool_that_downloads_inherits_proxies_too(string name, bool expected) => Assert.Equal(expected, ChildEnvironment.IsInherited(name, usesNetwork: true));

    [Fact]
    public void A_variable_can_be_passed_on_purpose()
    {
        var environment = new Dictionary<string, string?> { ["PATH"] = "/bin", ["HF_TOKEN"] = "secret", ["GGLIB_CHILD_ENV_LLAMA_ARG_SWA_FULL"] = "1", ["GGLIB_CHILD_ENV_"] = "nothing", ["GGLIB_CHILD_ENV_PATH"] = "/usr/bin" };

        ChildEnvironment.Reduce(environment);

        Assert.Equal(new Dictionary<string, string?> { ["PATH"] = "/usr/bin", ["LLAMA_ARG_SWA_FULL"] = "1" }, environment);
    }

    /// <summary>The variable is in gglib's own environment while another test starts a child: its name stands in no other test.</summary>
    [Fact]
    public async Task A_child_does_not_see_the_secrets_of_gglib()
    {
        Environment.SetEnvironmentVariable("GGLIB_TEST_SECRET_KEY", "secret");
        try
        {
            await using var child = await ChildProcess.StartAsync(["/bin/sh", "-c", "echo \"[$GGLIB_TEST_SECRET_KEY]\""], new ChildLog());
            await child.Exited.Within();

            Assert.Equal("[]", Assert.Single(child.Log.Lines()));
            var tool = await GGLib.Engine.Installation.Tool.RunAsync("/bin/sh", ["-c", "echo \"[$GGLIB_TEST_SECRET_KEY]\""], null, Limit.Time, null, Limit.Token, usesNetwork: true);
            Assert.Equal("[]\n", tool.Output);
        }
        finally
        {
            Environment.SetEnvironmentVariable("GGLIB_TEST_SECRET_KEY", null);
        }
    }
}
