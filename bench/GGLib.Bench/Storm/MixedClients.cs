using System.Collections.Concurrent;
using System.Diagnostics;

namespace GGLib.Bench.Storm;

/// <summary>Clients that ask every model in every way, short and long, with pauses, until they are told to end.</summary>
internal sealed class MixedClients
{
    private readonly ConcurrentDictionary<string, long> _answered = new(StringComparer.Ordinal);
    private readonly StormRig _rig;
    private readonly Truth _truth;
    private readonly StormClient _client;
    private readonly List<Task> _tasks;
    private volatile string? _resting;
    private volatile bool _ended;

    public MixedClients(StormRig rig, Truth truth, StormClient client, int clients, int seed)
    {
        _rig = rig;
        _truth = truth;
        _client = client;
        _tasks = [.. Enumerable.Range(0, clients).Select(index => Task.Run(() => AskAsync(seed * 1000 + index)))];
    }

    public Tally Tally { get; } = new();

    /// <summary>A model that nobody asks for now.</summary>
    public string? Resting { get => _resting; set => _resting = value; }

    /// <summary>When a model answered last, as <see cref="Stopwatch"/> tells time.</summary>
    public long Answered(string model) => _answered.GetValueOrDefault(model);

    /// <summary>Every request that has begun is waited for.</summary>
    public async Task EndAsync()
    {
        _ended = true;
        await Task.WhenAll(_tasks).ConfigureAwait(false);
    }

    private async Task AskAsync(int seed)
    {
#pragma warning disable CA5394 // The same storm each time.
        var random = new Random(seed);
        string[] models = [.. _rig.Names, _rig.EmbeddingName];
        Way[] ways = [Way.Completion, Way.CompletionStream, Way.Generate, Way.GenerateStream];
        while (!_ended)
        {
            var model = models[random.Next(models.Length)];
            if (model != Resting)
            {
                var way = model == _rig.EmbeddingName ? Way.Embedding : ways[random.Next(ways.Length)];
                var prompts = _truth.Prompts(way is Way.Embedding ? models[0] : model);
                var question = new Question(model, prompts[random.Next(prompts.Count)], way, random.Next(2) == 0 ? Question.Short : 150);
                var began = Stopwatch.GetTimestamp();
                var fault = await _client.AskAsync(question, CancellationToken.None).ConfigureAwait(false);
                Tally.Add(fault, Stopwatch.GetElapsedTime(began));
                if (fault is null)
                {
                    _answered[model] = Stopwatch.GetTimestamp();
                }
            }

            await Task.Delay(random.Next(50)).ConfigureAwait(false);
        }
#pragma warning restore CA5394
    }
}
