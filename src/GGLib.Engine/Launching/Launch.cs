using GGLib.Engine.Hardware;
using GGLib.Engine.Installation;
using GGLib.Engine.Processes;

namespace GGLib.Engine.Launching;

/// <summary>How a model is started: the numbers, the arguments with their origins, and the whole command line.</summary>
public sealed record Launch
{
    private static readonly string[] Optional = ["--n-gpu-layers", "--main-gpu", "--split-mode", "--tensor-split", "--threads", "--threads-batch", "--batch-size", "--ubatch-size", "--load-mode", "--cache-type-k", "--cache-type-v", "--flash-attn", "--spec-type"];

    public required LaunchPlan Plan { get; init; }

    public required IReadOnlyList<LaunchArgument> Arguments { get; init; }

    /// <summary>What is set in the environment of the program.</summary>
    public required IReadOnlyList<LaunchVariable> Environment { get; init; }

    /// <summary>The flags that settings exist for and that are not given: llama-server decides.</summary>
    public IEnumerable<LaunchArgument> LeftToLlamaServer =>
        Optional.Where(flag => !Arguments.Any(argument => argument.Flag == flag)).Select(static flag => new LaunchArgument(flag, null, new(OriginKind.LlamaServer, "left to llama-server")));

    /// <summary>The program and all its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>
    /// How a model would be started now, without starting it. Only socket and alias are made up: they are new at each start.
    /// </summary>
    /// <param name="binary">The llama-server to run.</param>
    /// <param name="model">The model.</param>
    /// <param name="settings">The settings of this model.</param>
    /// <param name="capacity">The memory that models may use.</param>
    public static Launch Preview(EngineBinary binary, EngineModel model, EngineSettings settings, MemoryCapacity capacity)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(capacity);
        model = model with { Stored = LaunchLimits.Clamp(model.Stored, model, settings, capacity.Devices.Length, System.Environment.ProcessorCount) };
        return For(binary, model, settings, null, MemoryPlacement.AvailableTo(model, settings.Over(model), capacity), RunnerAddress.Example(), "gglib-RANDOM", "TEMPLATE.jinja");
    }

    /// <summary>How a model is started. Pure: a file for its chat template is named, not written.</summary>
    internal static Launch For(EngineBinary binary, EngineModel model, EngineSettings settings, int? requestedContext, long availableBytes, RunnerAddress address, string alias, string templateFile)
    {
        settings = settings.Over(model);
        var plan = LaunchPlan.For(model, settings, requestedContext, availableBytes);
        var arguments = LaunchArguments.For(binary, model, plan, settings, address, alias, templateFile);
        return new Launch
        {
            Plan = plan,
            Arguments = arguments,
            Environment = [.. LaunchEnvironment.For(settings, static name => ChildEnvironment.Inherited(name, System.Environment.GetEnvironmentVariable))],
            Command = [.. binary.Command, .. LaunchArgument.Flatten(arguments)],
        };
    }
}
