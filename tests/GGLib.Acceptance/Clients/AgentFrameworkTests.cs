using System.ClientModel;
using System.ComponentModel;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using OpenAI;

namespace GGLib.Acceptance.Clients;

/// <summary>Agents of Microsoft Agent Framework, unmodified, over the Responses API.</summary>
public sealed class AgentFrameworkTests(DemoServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_agent_calls_its_tool_and_answers(bool stream)
    {
        var cities = new List<string>();
        var weather = AIFunctionFactory.Create(
            ([Description("The city")] string city) =>
            {
                cities.Add(city);
                return "sunny, 20 degrees";
            },
            "get_weather",
            "Get the weather of a city");
        var agent = Agent([weather]);

        Assert.NotEmpty(await AskAsync(agent, "What is the weather in Paris?", null, stream));
        Assert.NotEmpty(cities);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_continues_the_stored_response(bool stream)
    {
        var agent = Agent([]);
        var session = await agent.CreateSessionAsync(Cancellation);
        Assert.NotEmpty(await AskAsync(agent, "My name is Zebra. Say hello.", session, stream));
        Assert.Contains("Paris", await AskAsync(agent, "What is the capital of France?", session, stream), StringComparison.Ordinal);
        // The framework refers to the first answer by its id, rather than sending it back.
        Assert.StartsWith("resp_", Assert.IsType<ChatClientAgentSession>(session).ConversationId, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(ChatClientAgent agent, string question, AgentSession? session, bool stream)
    {
        if (!stream)
        {
            return (await agent.RunAsync(question, session, cancellationToken: Cancellation)).Text;
        }

        var text = "";
        await foreach (var update in agent.RunStreamingAsync(question, session, cancellationToken: Cancellation))
        {
            text += update.Text;
        }

        return text;
    }

    private ChatClientAgent Agent(IList<AITool> tools)
    {
        var client = new OpenAIClient(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(server.Address + "/v1") });
        return new ChatClientAgent(
            client.GetResponsesClient().AsIChatClient("demo-chat"),
            new ChatClientAgentOptions { Name = "weather", ChatOptions = new ChatOptions { Temperature = 0, MaxOutputTokens = 160, Tools = tools } });
    }
}
