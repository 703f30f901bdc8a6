using System.Net;
using System.Net.Sockets;
using GGLib.Configuration;
using GGLib.Serving.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GGLib.Tests.Program;

public sealed class PortCheckTests
{
    [Fact]
    public async Task A_free_port_is_free()
    {
        var found = await PortCheck.FindAsync(new ServerAddress("127.0.0.1", 0), TestContext.Current.CancellationToken);
        Assert.Equal(new ServerAddress("127.0.0.1", 0), found.Value);
    }

    [Fact]
    public async Task Ollama_is_named_with_its_version()
    {
        var failure = await TakenByAsync(context => context.Response.WriteAsync(context.Request.Path == "/api/version" ? """{"version":"0.12.3"}""" : "Ollama is running"));
        Assert.Equal(ExitCode.PortTaken, failure.Code);
        Assert.Contains("Ollama (0.12.3)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--port", failure.Message, StringComparison.Ordinal);
        Assert.Contains("OLLAMA_HOST=127.0.0.1:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_gglib_is_told_by_its_header()
    {
        var failure = await TakenByAsync(context =>
        {
            context.Response.Headers["X-GGLib-Version"] = "9.8.7";
            return context.Response.WriteAsync("Ollama is running");
        });
        Assert.Contains("another gglib (9.8.7)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_else_is_not_taken_for_Ollama()
    {
        var failure = await TakenByAsync(context => context.Response.WriteAsync("<html>hello</html>"));
        Assert.Equal(ExitCode.PortTaken, failure.Code);
        Assert.DoesNotContain("Ollama (", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another gglib", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_never_answers_is_still_reported()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        var found = await PortCheck.FindAsync(new ServerAddress("127.0.0.1", port), TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.PortTaken, found.Failure?.Code);
    }

    [Fact]
    public async Task The_port_goes_before_everything_else()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var run = new CommandRun();
        run.Variables["OLLAMA_HOST"] = silent.LocalEndpoint.ToString();
        Assert.Equal(ExitCode.PortTaken, await run.RunAsync("up", "--engine", "/no/such/engine", "--model", "nothing"));
        Assert.Equal(ExitCode.PortTaken, await run.RunAsync("serve"));
        Assert.False(Directory.Exists(run.Variables["GGLIB_HOME"]));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("no such host")]
    public async Task A_host_that_is_not_here_is_a_mistake_in_the_command_line(string host)
    {
        var found = await PortCheck.FindAsync(new ServerAddress(host, 0), TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Usage, found.Failure?.Code);
    }

    private static async Task<CommandFailure> TakenByAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.Use(async (HttpContext context, RequestDelegate _) =>
        {
            // As real ones do: the whole body at once, with its length.
            var body = context.Response.Body;
            using var memory = new MemoryStream();
            context.Response.Body = memory;
            await answer(context);
            context.Response.ContentLength = memory.Length;
            await body.WriteAsync(memory.ToArray(), context.RequestAborted);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var found = await PortCheck.FindAsync(new ServerAddress("127.0.0.1", new Uri(url).Port), TestContext.Current.CancellationToken);
        return Assert.IsType<CommandFailure>(found.Failure);
    }
}
