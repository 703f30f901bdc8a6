using GGLib.Engine.Launching;

namespace GGLib.Tests.Engine.Launching;

/// <summary>What a child finds in its environment. libgomp reads these variables: https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html.</summary>
public sealed class LaunchEnvironmentTests
{
    [Theory]
    [InlineData(0, null, null, true)]
    [InlineData(3, null, null, true)]
    [InlineData(1, null, null, false)]
    [InlineData(3, "50000", null, false)]
    [InlineData(3, null, "active", false)]
    public void Threads_spin_briefly_where_models_share_the_processors_and_the_user_says_nothing(int mostLoaded, string? spinCount, string? waitPolicy, bool isSet)
    {
        var variables = LaunchEnvironment.For(new EngineSettings { MaxLoadedModels = mostLoaded }, name => name == "GOMP_SPINCOUNT" ? spinCount : name == "OMP_WAIT_POLICY" ? waitPolicy : null);

        Assert.Equal(isSet ? ["GOMP_SPINCOUNT=1000"] : [], variables.Select(static variable => $"{variable.Name}={variable.Value}"));
    }
}
