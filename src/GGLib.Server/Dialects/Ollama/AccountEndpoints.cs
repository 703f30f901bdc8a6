using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>
/// What Ollama answers about its cloud and its accounts. There are none here, and the answers say so in the form that clients know: nobody is signed in, nothing is
/// remote.
/// </summary>
internal static class AccountEndpoints
{
    /// <summary><c>GET /api/status</c>: the cloud is off, as on an Ollama that was started with <c>OLLAMA_NO_CLOUD</c>.</summary>
    public static Task StatusAsync(HttpContext context) => OllamaReply.WriteAsync(context, static writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("cloud"u8);
        writer.WriteBoolean("disabled"u8, true);
        writer.WriteString("source"u8, "env"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    /// <summary><c>POST /api/me</c>: nobody. Without the address to sign in at that Ollama adds: a client would send its user there.</summary>
    public static Task MeAsync(HttpContext context) => OllamaReply.WriteErrorAsync(context, new OllamaError(StatusCodes.Status401Unauthorized, "unauthorized"));

    /// <summary><c>POST /api/signout</c> and <c>DELETE /api/user/keys/…</c>: done, as nobody is signed in.</summary>
    public static Task SignOutAsync(HttpContext context) => OllamaReply.WriteAsync(context, static writer => writer.WriteNullValue());
}
