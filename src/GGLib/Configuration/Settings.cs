using GGLib.Engine.Launching;
using GGLib.Server;

namespace GGLib.Configuration;

/// <summary>How models run and how the server presents itself, out of the environment.</summary>
internal static class Settings
{
    public static EngineSettings Engine(EnvironmentValues environment)
    {
        var usual = new EngineSettings();
        return usual with
        {
            MaxLoadedModels = environment.Count("OLLAMA_MAX_LOADED_MODELS") ?? usual.MaxLoadedModels,
            MaxQueue = environment.Count("OLLAMA_MAX_QUEUE") ?? usual.MaxQueue,
            KeepAlive = environment.Duration("OLLAMA_KEEP_ALIVE") is { } keep ? KeepAlive.For(keep) : usual.KeepAlive,
            LoadStallTimeout = environment.Duration("OLLAMA_LOAD_TIMEOUT") ?? usual.LoadStallTimeout,
            ContextLength = environment.Count("OLLAMA_CONTEXT_LENGTH"),
            Parallel = environment.Count("OLLAMA_NUM_PARALLEL"),
            KvCacheType = environment.Text("OLLAMA_KV_CACHE_TYPE"),
            FlashAttention = environment.Boolean("OLLAMA_FLASH_ATTENTION"),
        };
    }

    /// <param name="environment">The variables.</param>
    /// <param name="address">Where to listen; the host is <c>localhost</c> or an address.</param>
    public static ServerOptions Server(EnvironmentValues environment, ServerAddress address) => new()
    {
        Version = Surroundings.Version,
        Host = address.Host,
        Port = address.Port,
        OllamaVersion = environment.Text("GGLIB_OLLAMA_VERSION") ?? ServerOptions.DefaultOllamaVersion,
        Origins = environment.List("OLLAMA_ORIGINS"),
    };
}
