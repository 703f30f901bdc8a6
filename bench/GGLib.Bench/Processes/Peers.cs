namespace GGLib.Bench.Processes;

/// <summary>Other gateways to measure beside, where the machine has them.</summary>
internal static class Peers
{
    /// <param name="Name">The program.</param>
    /// <param name="Command">Its command line, given a folder for its configuration, its port, the engine's port, the engine's program and the model's name.</param>
    internal sealed record Peer(string Name, Func<string, int, int, string, string, IReadOnlyList<string>> Command);

    private static readonly Peer[] Known = [new("nginx", Nginx), new("llama-swap", LlamaSwap)];

    /// <summary>Those that are here; says which are not.</summary>
    public static IEnumerable<Peer> OnPath() => Known.Where(static peer => Find(peer.Name) is not null);

    /// <summary>One line for each that is left out, and why.</summary>
    public static IEnumerable<string> LeftOut()
    {
        foreach (var peer in Known.Where(static peer => Find(peer.Name) is null))
        {
            yield return $"{peer.Name}: skipped, not on PATH";
        }

        yield return Find("ollama") is null
            ? "ollama: skipped, not on PATH"
            : "ollama: skipped, it runs its own engine and cannot be pointed at the fake one";
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>A plain reverse proxy with kept connections. One process, so that its cost is seen whole.</summary>
    private static string[] Nginx(string folder, int port, int enginePort, string engine, string model)
    {
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log stderr;
            events { worker_connections 4096; }
            http {
                access_log off;
                client_body_temp_path {{folder}}/nginx-body;
                proxy_temp_path {{folder}}/nginx-proxy;
                fastcgi_temp_path {{folder}}/nginx-fastcgi;
                uwsgi_temp_path {{folder}}/nginx-uwsgi;
                scgi_temp_path {{folder}}/nginx-scgi;
                keepalive_requests 1000000;
                upstream engine { server 127.0.0.1:{{enginePort}}; keepalive 256; }
                server {
                    listen 127.0.0.1:{{port}};
                    location / {
                        proxy_pass http://engine;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                    }
                }
            }
            """);
        return [Find("nginx")!, "-c", file, "-p", folder, "-e", "stderr"];
    }

    /// <summary>llama-swap, which starts an engine of its own.</summary>
    private static string[] LlamaSwap(string folder, int port, int enginePort, string engine, string model)
    {
        var file = Path.Combine(folder, "llama-swap.yaml");
        File.WriteAllText(file, $$"""
            models:
              "{{model}}":
                cmd: {{engine}} --model {{model}} --host 127.0.0.1 --port ${PORT}
                concurrencyLimit: 100000
            """);
        return [Find("llama-swap")!, "--config", file, "--listen", $"127.0.0.1:{port}"];
    }
}
