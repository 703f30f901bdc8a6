using System.Net;

namespace GGLib.Acceptance.Compatibility;

/// <summary>Request headers have the limits of Go's server.</summary>
public sealed class HeaderLimitTests(CompatibilityServer server)
{
    [Theory]
    [InlineData(130, 1)]
    [InlineData(990, 1)]
    [InlineData(1, 40_000)]
    [InlineData(1, 1_000_000)]
    [InlineData(100, 10_000)]
    public async Task Many_and_long_headers_are_accepted(int count, int length)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/version");
        for (var i = 0; i < count; i++)
        {
            request.Headers.TryAddWithoutValidation($"X-{i}", new string('a', length));
        }

        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
