using System.Diagnostics.CodeAnalysis;
using Polly;
using Polly.Retry;

namespace GGLib.Catalog.Registries.Http;

/// <summary>Tries again as the options say: waits that double, or what the server asked for.</summary>
internal static class Retries
{
    public static ResiliencePipeline<T> Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(TransferOptions options, TimeProvider time)
        where T : IRetriable
    {
        if (options.Attempts <= 1)
        {
            return ResiliencePipeline<T>.Empty;
        }

        return new ResiliencePipelineBuilder<T> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<T>
            {
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result is { MayRetry: true }),
                MaxRetryAttempts = options.Attempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.Backoff,
                MaxDelay = options.MaxBackoff,
                DelayGenerator = static arguments => ValueTask.FromResult(arguments.Outcome.Result?.RetryAfter),
            })
            .Build();
    }
}
