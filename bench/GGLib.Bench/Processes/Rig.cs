using GGLib.Bench.Load;

namespace GGLib.Bench.Processes;

/// <summary>All servers of one mode, running side by side; only the one that is asked works. Disposing it ends them.</summary>
internal sealed class Rig : IDisposable
{
    private const string Model = "demo-chat";

    private readonly List<ServerProcess> _servers = [];

    /// <summary>Starts the engine for itself, gglib over an engine of its own, and every peer that is on PATH.</summary>
    /// <param name="options">Where the programs are.</param>
    /// <param name="script">The fake engine's script.</param>
    /// <param name="folder">A folder of this rig's own, for files and logs.</param>
    public Rig(BenchOptions options, string script, string folder)
    {
        // Apart from the logs: a program watches the folders its own are in.
        Directory.CreateDirectory(Path.Combine(folder, "user"));
        var scriptFile = Path.Combine(folder, "script.json");
        File.WriteAllText(scriptFile, script);
        var environment = new Dictionary<string, string> { ["FAKE_LLAMA"] = scriptFile, ["GGLIB_CHILD_ENV_FAKE_LLAMA"] = scriptFile, ["GGLIB_HOME"] = Path.Combine(folder, "user", "gglib"), ["HOME"] = Path.Combine(folder, "user") };
        try
        {
            var direct = ServerProcess.FreePort();
            Add(Endpoint.OpenAI("engine direct", direct, Model), null,
                Start("engine", [options.Fake, "--model", Model, "--host", "127.0.0.1", "--port", $"{direct}"], environment, direct, "/health", folder));
            var port = ServerProcess.FreePort();
            var gglib = Start("gglib", [options.GGLib, "proxy", "--port", $"{port}", "--engine", options.Fake], environment, port, "/api/version", folder);
            Add(Endpoint.OpenAI("gglib /v1/chat/completions", port, Model), gglib, gglib);
            Add(Endpoint.Chat("gglib /api/chat", port, Model), gglib, gglib);
            Add(Endpoint.Generate("gglib /api/generate", port, Model), gglib, gglib);
            Add(Endpoint.Responses("gglib /v1/responses", port, Model), gglib, gglib);
            Add(Endpoint.Messages("gglib /v1/messages", port, Model), gglib, gglib);
            if (options.Before is { } program)
            {
                // Responses and Messages were llama-server's own before: the fake engine has none.
                var at = ServerProcess.FreePort();
                var earlier = new Dictionary<string, string>(environment) { ["GGLIB_HOME"] = Path.Combine(folder, "user", "before") };
                var before = Start("before", [program, "proxy", "--port", $"{at}", "--engine", options.Fake], earlier, at, "/api/version", folder);
                Add(Endpoint.OpenAI("before /v1/chat/completions", at, Model), before, before);
                Add(Endpoint.Chat("before /api/chat", at, Model), before, before);
                Add(Endpoint.Generate("before /api/generate", at, Model), before, before);
            }

            foreach (var peer in Peers.OnPath())
            {
                var at = ServerProcess.FreePort();
                var server = Start(peer.Name, peer.Command(folder, at, direct, options.Fake, Model), environment, at, "/v1/models", folder);
                Add(Endpoint.OpenAI($"{peer.Name} /v1/chat/completions", at, Model), server, server);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The endpoints, the engine itself first, each with the gateway whose cost counts; the engine has none.</summary>
    public List<(Endpoint Endpoint, ServerProcess? Gateway)> Targets { get; } = [];

    public void Dispose()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            server.Dispose();
        }
    }

    private void Add(Endpoint endpoint, ServerProcess? gateway, ServerProcess server)
    {
        Targets.Add((endpoint, gateway));
        if (!_servers.Contains(server))
        {
            _servers.Add(server);
        }
    }

    private ServerProcess Start(string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, int port, string path, string folder)
    {
        var server = ServerProcess.Start(name, command, environment, port, path, folder);
        _servers.Add(server);
        return server;
    }
}
