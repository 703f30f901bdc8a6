namespace GGLib.Acceptance;

/// <summary>The time limit of everything that tests wait for. It only ends a test that would never end: no test measures time.</summary>
internal static class Limit
{
    public static readonly TimeSpan Time = TimeSpan.FromMinutes(5);

    /// <summary>Asks again and again until something that is about to happen has happened.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Time);
        while (!await holds())
        {
            Assert.False(limit.IsCancellationRequested, $"did not happen within {Time}: {what}");
            await Task.Delay(20, cancellation);
        }
    }
}
