using GGLib.Server.Threads;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace GGLib.Tests.Server.Hosting;

/// <summary>On which thread a request begins.</summary>
public sealed class SocketThreadTests
{
    [Theory]
    [InlineData(true, 100L, true)]
    [InlineData(true, 64L * 1024, true)]
    [InlineData(true, (64L * 1024) + 1, false)]
    [InlineData(true, null, false)]
    [InlineData(false, 100L, false)]
    public async Task Only_a_short_request_to_an_endpoint_that_may_stay_keeps_the_thread(bool mayStay, long? length, bool stays)
    {
        var builder = new RouteEndpointBuilder(static _ => Task.CompletedTask, RoutePatternFactory.Parse("/x"), 0);
        if (mayStay)
        {
            new Conventions(builder).RunsOnSocketThread();
        }

        var app = new ApplicationBuilder(new ServiceCollection().BuildServiceProvider());
        app.UsePoolThreads();
        var began = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Run(_ =>
        {
            began.SetResult(Thread.CurrentThread.IsThreadPoolThread);
            return Task.CompletedTask;
        });
        var pipeline = app.Build();
        var context = new DefaultHttpContext { Request = { ContentLength = length } };
        context.SetEndpoint(builder.Build());

        // As a thread for sockets is: none of the pool.
        new Thread(() => pipeline(context)).Start();

        Assert.Equal(stays, !await began.Task.Within());
    }

    private sealed class Conventions(EndpointBuilder endpoint) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention) => convention(endpoint);
    }
}
