using System.Text.Json;
using GGLib.Catalog;
using GGLib.Engine.Scheduling;
using GGLib.Server.Inference;
using GGLib.Server.Replies;
using GGLib.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Admin;

/// <summary><c>GET /api/gglib/status</c>: the server's state, from memory.</summary>
internal sealed class StatusEndpoint(ModelDirectory models, ModelLibrary library, Scheduler scheduler, ToolCallCounts toolCalls, ServerOptions options, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private readonly string? _library = ModelLibrary.IdOf(library.Catalog.DataFolder);

    public Task HandleAsync(HttpContext context)
    {
        var names = models.List().ToDictionary(ModelDirectory.KeyOf, static model => model.Name.Display, StringComparer.Ordinal);
        var status = new ServerStatus
        {
            Version = options.Version,
            OllamaVersion = options.OllamaVersion,
            Library = _library,
            UptimeSeconds = Math.Round(time.GetElapsedTime(_began).TotalSeconds, 3),
            Engine = options.EnginePath is { } path ? new EngineStatus(path, options.EngineVersion ?? "") : null,
            QueueLength = scheduler.QueueLength,
            MemoryLimit = scheduler.Capacity?.TotalBytes,
            ToolCalls = new ToolCallStatus(toolCalls.RepairedCalls, toolCalls.UnrepairedCalls, toolCalls.EndedLoops),
            Models = [.. scheduler.Snapshot().Select(runner => Describe(runner, names)).OrderBy(static model => model.Name, StringComparer.Ordinal)],
        };
        return JsonReply.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(status, AdminJson.Wire.ServerStatus), StatusCodes.Status200OK, "application/json; charset=utf-8");
    }

    private static ModelStatus Describe(RunnerStatus runner, Dictionary<string, string> names) => new()
    {
        // A file that was replaced while it ran now has another key. The part before the digest is still the name.
        Name = names.TryGetValue(runner.Key, out var name) ? name : runner.Key.Split('@')[0],
        Phase = runner.Phase switch
        {
            RunnerPhase.Starting => "starting",
            RunnerPhase.Ready => "ready",
            RunnerPhase.Stopping => "stopping",
            _ => "failed",
        },
        LoadProgress = runner.LoadProgress is { } part ? Math.Round(part, 3) : null,
        Memory = runner.Phase is RunnerPhase.Failed ? 0 : runner.MemoryBytes,
        DeviceMemory = runner.DeviceMemoryBytes,
        ContextLength = runner.ContextLength,
        Slots = runner.Slots,
        ActiveRequests = runner.ActiveRequests,
        WaitingRequests = runner.WaitingRequests,
        Pinned = runner.IsPinned,
        ExpiresAt = runner.ExpiresAt,
        ProcessId = runner.ProcessId,
        Failure = runner.Failure,
    };
}
