using GGLib.Server.Dialects.Admin;
using GGLib.Server.Dialects.Anthropic.Messages;
using GGLib.Server.Dialects.LlamaServer;
using GGLib.Server.Dialects.Models;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Dialects.OpenAI.Responses;
using GGLib.Server.Inference;
using GGLib.Server.Pipeline;
using GGLib.Server.Pipeline.Messages;
using GGLib.Server.Prompts;
using GGLib.Server.Telemetry;
using GGLib.Server.Threads;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GGLib.Server.Hosting;

/// <summary>Every route of the server, in one list.</summary>
internal static class GGLibEndpoints
{
    private static readonly string[] GetAndHead = ["GET", "HEAD"];
    private static readonly string[] HeadAndPost = ["HEAD", "POST"];

    public static void AddGGLibEndpoints(this IServiceCollection services) => services
        .AddSingleton<RunnerAccess>()
        .AddSingleton<GoTemplateCache>()
        .AddSingleton<TemplateTraitsCache>()
        .AddSingleton<MessageFitting>()
        .AddSingleton<PromptFactory>()
        .AddSingleton<Preparation>()
        .AddSingleton<ToolCallCounts>()
        .AddSingleton<AnswerDelivery>()
        .AddSingleton<InferencePipeline>()
        .AddSingleton<InventoryEndpoints>()
        .AddSingleton<ShowEndpoint>()
        .AddSingleton<BlobEndpoint>()
        .AddSingleton<CreateEndpoint>()
        .AddSingleton<TransferEndpoints>()
        .AddSingleton<LibraryEndpoints>()
        .AddSingleton<EmbeddingEndpoints>()
        .AddSingleton<ModelContexts>()
        .AddSingleton<ModelsEndpoint>()
        .AddSingleton<EmbeddingsEndpoint>()
        .AddSingleton<ResponseStore>(static services => new ResponseStore(services.GetRequiredService<ServerOptions>()))
        .AddSingleton<StoredResponsesEndpoint>()
        .AddSingleton<LlamaServerEndpoint>()
        .AddSingleton<StatusEndpoint>()
        .AddSingleton<LogsEndpoint>();

    public static void MapGGLibEndpoints(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<InferencePipeline>();
        var time = routes.ServiceProvider.GetRequiredService<TimeProvider>();
        MapOllama(routes, pipeline, time);
        MapOpenAI(routes, pipeline, time);
        MapLlamaServer(routes, pipeline, time);
        MapAdmin(routes);
    }

    private static void MapLlamaServer(IEndpointRouteBuilder routes, InferencePipeline pipeline, TimeProvider time)
    {
        var engine = routes.ServiceProvider.GetRequiredService<LlamaServerEndpoint>();
        foreach (var path in (string[])["/v1/rerank", "/v1/reranking", "/rerank", "/reranking"])
        {
            routes.MapPost(path, engine.For(LlamaServerRoute.Rerank));
        }

        routes.MapPost("/v1/audio/transcriptions", engine.For(LlamaServerRoute.Transcribe));
        routes.MapPost("/infill", engine.For(LlamaServerRoute.Infill));
        routes.MapPost("/tokenize", engine.For(LlamaServerRoute.Tokenize));
        routes.MapPost("/detokenize", engine.For(LlamaServerRoute.Detokenize));
        routes.MapGet("/props", engine.For(LlamaServerRoute.Properties));
        routes.MapGet("/slots", engine.For(LlamaServerRoute.Slots));
        routes.MapPost("/apply-template", pipeline.For(new ChatPromptDialect(time, countsTokens: false)));
        routes.MapPost("/v1/chat/completions/input_tokens", pipeline.For(new ChatPromptDialect(time, countsTokens: true)));
    }

    private static void MapAdmin(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/gglib/status", (RequestDelegate)routes.ServiceProvider.GetRequiredService<StatusEndpoint>().HandleAsync);
        routes.MapGet("/api/gglib/logs", (RequestDelegate)routes.ServiceProvider.GetRequiredService<LogsEndpoint>().HandleAsync);
    }

    private static void MapOllama(IEndpointRouteBuilder routes, InferencePipeline pipeline, TimeProvider time)
    {
        var inventory = routes.ServiceProvider.GetRequiredService<InventoryEndpoints>();
        var transfers = routes.ServiceProvider.GetRequiredService<TransferEndpoints>();
        var embeddings = routes.ServiceProvider.GetRequiredService<EmbeddingEndpoints>();
        var library = routes.ServiceProvider.GetRequiredService<LibraryEndpoints>();
        routes.MapMethods("/", GetAndHead, (RequestDelegate)InventoryEndpoints.RootAsync);
        routes.MapMethods("/api/version", GetAndHead, (RequestDelegate)inventory.VersionAsync);
        routes.MapMethods("/api/tags", GetAndHead, (RequestDelegate)inventory.TagsAsync);
        routes.MapGet("/api/status", (RequestDelegate)AccountEndpoints.StatusAsync);
        routes.MapPost("/api/me", (RequestDelegate)AccountEndpoints.MeAsync);
        routes.MapPost("/api/signout", (RequestDelegate)AccountEndpoints.SignOutAsync);
        routes.MapDelete("/api/user/keys/{key}", (RequestDelegate)AccountEndpoints.SignOutAsync);
        routes.MapGet("/api/ps", (RequestDelegate)inventory.PsAsync);
        routes.MapPost("/api/show", (RequestDelegate)routes.ServiceProvider.GetRequiredService<ShowEndpoint>().HandleAsync);
        routes.MapPost("/api/chat", pipeline.For(OllamaDialect.Chat(time))).RunsOnSocketThread();
        routes.MapPost("/api/generate", pipeline.For(OllamaDialect.Generate(time))).RunsOnSocketThread();
        routes.MapPost("/api/embed", (RequestDelegate)embeddings.EmbedAsync);
        routes.MapPost("/api/embeddings", (RequestDelegate)embeddings.EmbeddingsAsync);

        routes.MapPost("/api/pull", (RequestDelegate)transfers.PullAsync);
        routes.MapPost("/api/push", (RequestDelegate)transfers.PushAsync);
        routes.MapPost("/api/create", (RequestDelegate)routes.ServiceProvider.GetRequiredService<CreateEndpoint>().HandleAsync);
        routes.MapPost("/api/copy", (RequestDelegate)library.CopyAsync);
        routes.MapDelete("/api/delete", (RequestDelegate)library.DeleteAsync);
        routes.MapMethods("/api/blobs/{digest}", HeadAndPost, (RequestDelegate)routes.ServiceProvider.GetRequiredService<BlobEndpoint>().HandleAsync);
    }

    private static void MapOpenAI(IEndpointRouteBuilder routes, InferencePipeline pipeline, TimeProvider time)
    {
        var models = routes.ServiceProvider.GetRequiredService<ModelsEndpoint>();
        var responses = routes.ServiceProvider.GetRequiredService<ResponseStore>();
        var stored = routes.ServiceProvider.GetRequiredService<StoredResponsesEndpoint>();
        routes.MapGet("/v1/models", (RequestDelegate)models.ListAsync);
        routes.MapGet("/v1/models/{**id}", (RequestDelegate)models.GetAsync);
        routes.MapPost("/v1/chat/completions", pipeline.For(new ChatDialect(time))).RunsOnSocketThread();
        routes.MapPost("/v1/completions", pipeline.For(new CompletionsDialect(time))).RunsOnSocketThread();
        routes.MapPost("/v1/responses", pipeline.For(new ResponsesDialect(responses, time))).RunsOnSocketThread();
        routes.MapPost("/v1/responses/input_tokens", pipeline.For(new ResponsesDialect(responses, time, countsTokens: true)));
        routes.MapGet("/v1/responses/{id}", (RequestDelegate)stored.GetAsync);
        routes.MapDelete("/v1/responses/{id}", (RequestDelegate)stored.DeleteAsync);
        routes.MapGet("/v1/responses/{id}/input_items", (RequestDelegate)stored.ListInputAsync);
        routes.MapPost("/v1/responses/{id}/cancel", (RequestDelegate)stored.CancelAsync);
        routes.MapPost("/v1/messages", pipeline.For(new MessagesDialect(countsTokens: false))).RunsOnSocketThread();
        routes.MapPost("/v1/messages/count_tokens", pipeline.For(new MessagesDialect(countsTokens: true)));
        routes.MapPost("/v1/embeddings", (RequestDelegate)routes.ServiceProvider.GetRequiredService<EmbeddingsEndpoint>().HandleAsync);
    }
}
