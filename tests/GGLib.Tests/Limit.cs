namespace GGLib.Tests;

/// <summary>The one time limit of whatever a test waits for: generous, because a busy machine is slow and a failure is rare.</summary>
internal static class Limit
{
    public static readonly TimeSpan Time = TimeSpan.FromMinutes(3);

    /// <summary>Cancelled with the test, or after the limit.</summary>
    public static CancellationToken Token
    {
        get
        {
            var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Time);
            return limit.Token;
        }
    }

    public static Task Within(this Task task) => task.WaitAsync(Token);

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Token);
}
