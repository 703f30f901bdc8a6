using GGLib.Serving;

namespace GGLib.Rendering;

/// <summary>What to paste into which client.</summary>
internal static class ClientGuide
{
    private const int NameWidth = 20;

    /// <param name="screen">Where to.</param>
    /// <param name="server">The server to connect to.</param>
    /// <param name="model">A model for the clients that must name one.</param>
    public static void Print(Screen screen, RunningServer server, string model)
    {
        var url = server.OllamaUrl;
        screen.Line(screen.Paint.Bold("Paste into your client"));
        Entry(screen, "Copilot in VS Code", $"\"github.copilot.chat.byok.ollamaEndpoint\": \"{url}\"", "settings.json; then choose Ollama in Manage Models");
        Entry(screen, "Open WebUI", $"OLLAMA_BASE_URL={url}", $"in Docker: http://host.docker.internal:{server.Address.Port}, and start gglib with --host 0.0.0.0");
        Entry(screen, "Zed", $"\"language_models\": {{ \"ollama\": {{ \"api_url\": \"{url}\" }} }}", "settings.json");
        Entry(screen, "Continue", $"- {{ name: {model}, provider: ollama, model: {model}, apiBase: \"{url}\" }}", "config.yaml, under models");
        Entry(screen, "OpenAI SDK", $"OpenAI(base_url=\"{server.OpenAIUrl}\", api_key=\"any\")", "any language; the key is not looked at");
    }

    private static void Entry(Screen screen, string name, string paste, string where)
    {
        screen.Line($"  {name.PadRight(NameWidth)}{screen.Paint.Cyan(paste)}");
        screen.Line($"  {"".PadRight(NameWidth)}{screen.Paint.Dim(where)}");
    }
}
