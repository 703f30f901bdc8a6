using GGLib.Server.Dialects.Admin;
using GGLib.Server.Dialects.Anthropic;
using GGLib.Server.Dialects.Ollama;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Inference;
using GGLib.Server.Pipeline;
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
        .AddSingleton<ModelDefaults>()
        .AddSingleton<OllamaInference>()
        .AddSingleton<ModelLoading>()
        .AddSingleton<PromptRendering>()
        .AddSingleton<InventoryEndpoints>()
        .AddSingleton<ShowEndpoint>()
        .AddSingleton<BlobEndpoint>()
        .AddSingleton<CreateEndpoint>()
        .AddSingleton<TransferEndpoints>()
        .AddSingleton<LibraryEndpoints>()
        .AddSingleton<ChatEndpoint>()
        .AddSingleton<GenerateEndpoint>()
        .AddSingleton<EmbeddingEndpoints>()
        .AddSingleton<OpenAIModelsEndpoint>()
        .AddSingleton<EmbeddingsEndpoint>()
        .AddSingleton<RelayEndpoint>()
        .AddSingleton<OpenAIRelays>()
        .AddSingleton<MessagesEndpoint>()
        .AddSingleton<StatusEndpoint>()
        .AddSingleton<LogsEndpoint>();

    public static void MapGGLibEndpoints(this IEndpointRouteBuilder routes)
    {
        MapOllama(routes);
        MapOpenAI(routes);
        MapAnthropic(routes);
        MapAdmin(routes);
    }

    private static void MapAdmin(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/gglib/status", (RequestDelegate)routes.ServiceProvider.GetRequiredService<StatusEndpoint>().HandleAsync);
        routes.MapGet("/api/gglib/logs", (RequestDelegate)routes.ServiceProvider.GetRequiredService<LogsEndpoint>().HandleAsync);
    }

    private static void MapOllama(IEndpointRouteBuilder routes)
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
        routes.MapPost("/api/chat", (RequestDelegate)routes.ServiceProvider.GetRequiredService<ChatEndpoint>().HandleAsync).MayStay();
        routes.MapPost("/api/generate", (RequestDelegate)routes.ServiceProvider.GetRequiredService<GenerateEndpoint>().HandleAsync).MayStay();
        routes.MapPost("/api/embed", (RequestDelegate)embeddings.EmbedAsync);
        routes.MapPost("/api/embeddings", (RequestDelegate)embeddings.EmbeddingsAsync);

        routes.MapPost("/api/pull", (RequestDelegate)transfers.PullAsync);
        routes.MapPost("/api/push", (RequestDelegate)transfers.PushAsync);
        routes.MapPost("/api/create", (RequestDelegate)routes.ServiceProvider.GetRequiredService<CreateEndpoint>().HandleAsync);
        routes.MapPost("/api/copy", (RequestDelegate)library.CopyAsync);
        routes.MapDelete("/api/delete", (RequestDelegate)library.DeleteAsync);
        routes.MapMethods("/api/blobs/{digest}", HeadAndPost, (RequestDelegate)routes.ServiceProvider.GetRequiredService<BlobEndpoint>().HandleAsync);
    }

    private static void MapOpenAI(IEndpointRouteBuilder routes)
    {
        var models = routes.ServiceProvider.GetRequiredService<OpenAIModelsEndpoint>();
        var relay = routes.ServiceProvider.GetRequiredService<OpenAIRelays>();
        routes.MapGet("/v1/models", (RequestDelegate)models.ListAsync);
        routes.MapGet("/v1/models/{**id}", (RequestDelegate)models.GetAsync);
        routes.MapPost("/v1/chat/completions", (RequestDelegate)relay.ChatAsync).MayStay();
        routes.MapPost("/v1/completions", (RequestDelegate)relay.CompletionsAsync).MayStay();
        routes.MapPost("/v1/responses", (RequestDelegate)relay.ResponsesAsync);
        routes.MapPost("/v1/embeddings", (RequestDelegate)routes.ServiceProvider.GetRequiredService<EmbeddingsEndpoint>().HandleAsync);
    }

    private static void MapAnthropic(IEndpointRouteBuilder routes)
    {
        var messages = routes.ServiceProvider.GetRequiredService<MessagesEndpoint>();
        routes.MapPost("/v1/messages", (RequestDelegate)messages.MessagesAsync).MayStay();
        routes.MapPost("/v1/messages/count_tokens", (RequestDelegate)messages.CountAsync);
    }
}
