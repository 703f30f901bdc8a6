using System.Text.Json;

namespace FakeLlama.Script;

/// <summary>
/// What the fake does. Read from the file named by <c>FAKE_LLAMA</c>, or from <c>&lt;model&gt;.fake.json</c> beside the
/// model; the second wins, so that one environment can serve several models. The file is read again when it changes:
/// what concerns answers then holds for the next request. Every field has a default that behaves like a healthy server.
/// Setters, not init: generated JSON code gives an init property that is absent null instead of its default.
/// </summary>
internal sealed record FakeScript
{
    // Start

    /// <summary>How long the port is open and answers 503 before the model is "loaded".</summary>
    public int LoadMilliseconds { get; set; }

    /// <summary>Lines printed on stderr at start, before the port opens.</summary>
    public IReadOnlyList<string> Stderr { get; set; } = [];

    /// <summary>Lines printed on stderr when loading ends, for example buffer sizes.</summary>
    public IReadOnlyList<string> LoadStderr { get; set; } = [];

    /// <summary>Ends the program instead of loading: before the port opens, or after <see cref="LoadMilliseconds"/> when set.</summary>
    public FakeExit? ExitAtStart { get; set; }

    /// <summary><c>/health</c> takes the request and never answers.</summary>
    public bool HangAtHealth { get; set; }

    /// <summary>SIGTERM and SIGINT do nothing: only SIGKILL ends it.</summary>
    public bool IgnoreSigterm { get; set; }

    // What is generated

    /// <summary>The answer, cut into one chunk a word. Used when <see cref="Chunks"/> is empty.</summary>
    public string Text { get; set; } = "The capital of France is Paris.";

    /// <summary>Thinking before <see cref="Text"/>, cut the same way.</summary>
    public string Reasoning { get; set; } = "";

    /// <summary>The chunks as they are to be sent; takes the place of <see cref="Text"/> and <see cref="Reasoning"/>.</summary>
    public IReadOnlyList<FakeChunk> Chunks { get; set; } = [];

    /// <summary>Answers that depend on the conversation. Without a match, <see cref="Chunks"/> or <see cref="Text"/> answer.</summary>
    public IReadOnlyList<FakeTurn> Turns { get; set; } = [];

    /// <summary>How many times the chunks are sent.</summary>
    public int Repeat { get; set; } = 1;

    /// <summary>When null: <c>length</c> where the request's limit cut, else <c>tool_calls</c> where there are some, else <c>stop</c>.</summary>
    public string? FinishReason { get; set; }

    /// <summary>The request's <c>max_tokens</c> or <c>n_predict</c> ends the stream, one chunk a token.</summary>
    public bool ObeyLimit { get; set; } = true;

    /// <summary>False: no <c>usage</c> anywhere, whatever was asked.</summary>
    public bool Usage { get; set; } = true;

    /// <summary>False: no <c>timings</c> anywhere.</summary>
    public bool Timings { get; set; } = true;

    /// <summary>Null: log probabilities when the request asks. True or false: always or never.</summary>
    public bool? Logprobs { get; set; }

    /// <summary>Null: the prompt's tokens are counted.</summary>
    public int? PromptTokens { get; set; }

    /// <summary>The part of the prompt reported as cached.</summary>
    public int CachedTokens { get; set; }

    // Pace

    /// <summary>Time from the request to the first chunk.</summary>
    public int PrefillMilliseconds { get; set; }

    /// <summary>Time from one chunk to the next. Deadlines are absolute: a late chunk does not delay those behind it.</summary>
    public long ChunkDelayMicroseconds { get; set; }

    /// <summary>The same as a rate for each stream; 0 is full speed.</summary>
    public double TokensPerSecond { get; set; }

    /// <summary>
    /// Each token that contains <see cref="Streaming.Stamp.Placeholder"/> is sent with the moment of its sending in that place: nanoseconds of the machine's
    /// monotonic clock, which every process on it can compare.
    /// </summary>
    public bool Stamp { get; set; }

    /// <summary>Flush after every so many bytes of the stream, wherever that cuts; 0 is one flush a chunk.</summary>
    public int CutEvery { get; set; }

    /// <summary>Pause after each cut, so that the reader meets the pieces one by one.</summary>
    public int CutPauseMicroseconds { get; set; } = 300;

    // Faults in a stream. A chunk is a token's event: the role event and the last ones are not counted.

    /// <summary>After so many chunks print <see cref="CrashStderr"/> and die at once, as by a signal.</summary>
    public int? CrashAfterChunks { get; set; }

    /// <summary>The last words of a crash.</summary>
    public string CrashStderr { get; set; } = "/llama.cpp/ggml/src/ggml.c:1234: GGML_ASSERT(fake) failed";

    /// <summary>After so many chunks the stream stays open and silent until the client goes.</summary>
    public int? HangAfterChunks { get; set; }

    /// <summary>After so many chunks the connection is closed without an end.</summary>
    public int? CloseAfterChunks { get; set; }

    /// <summary>After so many chunks <see cref="Garbage"/> is sent, then the stream goes on.</summary>
    public int? GarbageAfterChunks { get; set; }

    /// <summary>Raw bytes (base64 in the file).</summary>
    public byte[] Garbage { get; set; } = [];

    /// <summary>Before the first chunk, one chunk whose content makes its line this long.</summary>
    public int HugeLineBytes { get; set; }

    /// <summary>
    /// Faults (crash, hang, close, garbage, huge line, exit and hang at start) happen only once, even across restarts:
    /// the first to come claims the file <c>&lt;script&gt;.done</c>.
    /// </summary>
    public bool FaultOnce { get; set; }

    // Other answers

    /// <summary>What a path answers instead of its own answer, by path, for example <c>/v1/chat/completions</c>.</summary>
    public IReadOnlyDictionary<string, FakeAnswer> Answers { get; set; } = new Dictionary<string, FakeAnswer>();

    /// <summary>Numbers in an embedding.</summary>
    public int EmbeddingLength { get; set; } = 8;

    /// <summary><c>/props</c> says images are understood.</summary>
    public bool Vision { get; set; }

    /// <summary><c>/props</c> says audio is understood.</summary>
    public bool Audio { get; set; }

    /// <summary>The text <c>/props</c> gives as the chat template. Rendering is always plain ChatML.</summary>
    public string ChatTemplate { get; set; } =
        "{%- for message in messages %}\n{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}\n{%- endfor %}";

    /// <summary>Requests served at once; the others wait inside. Null: <c>--parallel</c>, or 4. 0: no limit, and <c>/props</c> tells 65536.</summary>
    public int? Slots { get; set; }

    /// <summary>Each request is appended to this file as one JSON line, see <see cref="RecordedRequest"/>.</summary>
    public string? RecordTo { get; set; }

    /// <summary>The script for one request: with the text and the chunks of the turn that matches it.</summary>
    public FakeScript For(JsonElement body) =>
        Turns.FirstOrDefault(turn => turn.Matches(body)) is { } turn ? this with { Text = turn.Text, Reasoning = "", Chunks = turn.Chunks } : this;
}
