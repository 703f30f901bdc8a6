namespace GGLib.Server.Dialects.OpenAI;

/// <summary>How a chat completion contains tool calls.</summary>
internal enum ChatForm
{
    /// <summary><c>tool_calls</c>.</summary>
    Tools,

    /// <summary><c>function_call</c>: the older form, for requests with <c>functions</c>.</summary>
    Functions,
}
