using System.Text.Json;

namespace FakeLlama.Script;

/// <summary>The script on disk, read again when it changed.</summary>
internal sealed class ScriptFile
{
    private readonly string? path;
    private readonly Lock gate = new();
    private DateTime stamp;
    private FakeScript script = new();

    public ScriptFile(string? model)
    {
        var companion = model + ".fake.json";
        path = model is not null && File.Exists(companion) ? companion : Environment.GetEnvironmentVariable("FAKE_LLAMA");
    }

    public bool Exists => path is not null;

    public FakeScript Current
    {
        get
        {
            if (path is null)
            {
                return script;
            }

            lock (gate)
            {
                var now = File.GetLastWriteTimeUtc(path);
                if (now != stamp)
                {
                    script = JsonSerializer.Deserialize(File.ReadAllBytes(path), FakeJson.Default.FakeScript)!;
                    stamp = now;
                }

                return script;
            }
        }
    }

    /// <summary>True when a fault may happen now; with <see cref="FakeScript.FaultOnce"/> only to the first who asks.</summary>
    public bool ClaimFault()
    {
        if (!Current.FaultOnce)
        {
            return true;
        }

        try
        {
            using var marker = new FileStream(path + ".done", FileMode.CreateNew);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
