namespace GGLib.Catalog.Templates.Execution;

/// <summary>A conversation as Ollama gives it to templates.</summary>
internal static class Conversation
{
    /// <summary>What stands between messages that become one.</summary>
    private const string Separator = "\n\n";

    /// <summary>The text of all system messages.</summary>
    public static string System(IEnumerable<TemplateMessage> messages) =>
        string.Join(Separator, messages.Where(message => message.Role == "system").Select(message => message.Content));

    /// <summary>
    /// Messages of one role that follow each other become one, with the first one's other fields; results of tools stay apart, since each
    /// belongs to its own call.
    /// </summary>
    public static IReadOnlyList<TemplateMessage> Collate(IReadOnlyList<TemplateMessage> messages)
    {
        var collated = new List<TemplateMessage>();
        var contents = new List<string>();
        for (var at = 0; at < messages.Count; at++)
        {
            contents.Add(messages[at].Content);
            if (at + 1 < messages.Count && messages[at + 1].Role == messages[at].Role && messages[at].Role != "tool")
            {
                continue;
            }

            var first = messages[at - contents.Count + 1];
            collated.Add(contents.Count == 1 ? first : first with { Content = string.Join(Separator, contents) });
            contents.Clear();
        }

        return collated;
    }

    /// <summary>
    /// The rounds of a conversation for a template that knows one only: system, prompt, response. The last one is where the model goes on, and
    /// may be empty.
    /// </summary>
    public static IReadOnlyList<(string System, string Prompt, string Response)> Rounds(IReadOnlyList<TemplateMessage> collated)
    {
        var rounds = new List<(string System, string Prompt, string Response)>();
        var (system, prompt, response) = ("", "", "");
        foreach (var message in collated)
        {
            switch (message.Role)
            {
                case "system":
                    CloseWhen(prompt.Length > 0 || response.Length > 0);
                    system = message.Content;
                    break;
                case "user":
                    CloseWhen(response.Length > 0);
                    prompt = message.Content;
                    break;
                case "assistant":
                    response = message.Content;
                    break;
            }
        }

        rounds.Add((system, prompt, response));
        return rounds;

        void CloseWhen(bool isComplete)
        {
            if (isComplete)
            {
                rounds.Add((system, prompt, response));
                (system, prompt, response) = ("", "", "");
            }
        }
    }
}
