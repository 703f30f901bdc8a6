using System.Globalization;
using GGLib.Client.Wire;
using GGLib.Rendering.Json;

namespace GGLib.Rendering;

/// <summary>The models that are loaded, with the columns of <c>ollama ps</c>.</summary>
internal static class LoadedTable
{
    private const int DigestLength = 12;

    // Servers say "never" with a date centuries ahead.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(100 * 365);

    private static readonly TextTable Table = new(["NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT", "UNTIL"], "NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT");
    private static readonly TextTable TableWithState = new(["NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT", "UNTIL", "STATE"], "NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT", "UNTIL");

    /// <param name="screen">Where to.</param>
    /// <param name="models">What is loaded.</param>
    /// <param name="status">What they do, where the server tells.</param>
    /// <param name="now">The time.</param>
    public static void Print(Screen screen, IReadOnlyList<LoadedModel> models, StatusAnswer? status, DateTimeOffset now)
    {
        if (status is null)
        {
            Table.Print(screen, [.. models.Select(model => Row(model, now))]);
        }
        else
        {
            TableWithState.Print(screen, [.. models.Select(model => (string[])[.. Row(model, now), State(Of(model, status))])]);
        }
    }

    /// <summary>What a model does, for example <c>ready, 3 answering, 2 waiting</c>.</summary>
    public static string State(StatusModel? model) => model is null ? "-" : string.Concat(
        model.Phase,
        model.ActiveRequests > 0 ? $", {Quantity.Whole(model.ActiveRequests)} answering" : "",
        model.WaitingRequests > 0 ? $", {Quantity.Whole(model.WaitingRequests)} waiting" : "",
        model.Pinned ? ", pinned" : "");

    /// <summary>What computes a model, for example <c>100% CPU</c> or <c>30%/70% CPU/GPU</c>.</summary>
    public static string Processor(long size, long gpu)
    {
        if (gpu == 0)
        {
            return "100% CPU";
        }

        if (gpu >= size)
        {
            return "100% GPU";
        }

        var onCpu = (int)Math.Round(100.0 * (size - gpu) / size);
        return string.Create(CultureInfo.InvariantCulture, $"{onCpu}%/{100 - onCpu}% CPU/GPU");
    }

    /// <summary>How long a model stays, for example <c>4 minutes from now</c>.</summary>
    public static string Until(DateTimeOffset expires, DateTimeOffset now) => (expires - now) switch
    {
        var ahead when ahead <= TimeSpan.Zero => "Stopping...",
        var ahead when ahead > Lifetime => "Forever",
        var ahead => Quantity.Roughly(ahead) + " from now",
    };

    /// <summary>The same for scripts.</summary>
    public static LoadedListJson Json(IReadOnlyList<LoadedModel> models, StatusAnswer? status, DateTimeOffset now) => new([.. models.Select(model => new LoadedModelJson
    {
        Name = model.Name,
        Digest = model.Digest,
        SizeBytes = model.Size,
        GpuBytes = model.SizeVram,
        Processor = Processor(model.Size, model.SizeVram),
        ContextLength = model.ContextLength,
        State = Of(model, status)?.Phase,
        ActiveRequests = Of(model, status)?.ActiveRequests,
        WaitingRequests = Of(model, status)?.WaitingRequests,
        ExpiresAt = model.ExpiresAt - now > Lifetime ? null : model.ExpiresAt.ToUniversalTime(),
    })]);

    private static StatusModel? Of(LoadedModel model, StatusAnswer? status) => status?.Models?.FirstOrDefault(known => known.Name == model.Name);

    private static string[] Row(LoadedModel model, DateTimeOffset now) =>
    [
        SafeText.OneLine(model.Name),
        SafeText.OneLine(model.Digest is { Length: > DigestLength } digest ? digest[..DigestLength] : model.Digest),
        Quantity.Bytes(model.Size),
        Processor(model.Size, model.SizeVram),
        model.ContextLength > 0 ? Quantity.Whole(model.ContextLength) : "-",
        Until(model.ExpiresAt, now),
    ];
}
