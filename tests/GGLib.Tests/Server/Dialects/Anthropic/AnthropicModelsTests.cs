using System.Text;
using GGLib.Server.Dialects.Anthropic;
using GGLib.Server.Failures;
using Microsoft.AspNetCore.Http;

namespace GGLib.Tests.Server.Dialects.Anthropic;

/// <summary>The model list in Anthropic's form.</summary>
public sealed class AnthropicModelsTests
{
    private static readonly AnthropicModel[] Models = [.. Enumerable.Range(1, 5).Select(static number => new AnthropicModel($"m{number}", $"Model {number}", DateTimeOffset.UnixEpoch, 4096))];

    [Fact]
    public void A_model_has_the_fields_of_the_published_types() =>
        Assert.Equal(
            """{"type":"model","id":"qwen3:8b","display_name":"Qwen 3","created_at":"2026-01-02T02:04:05Z","max_input_tokens":8192,"max_tokens":8192,"capabilities":null,"lifecycle":"active","deprecated_at":null,"retires_at":null,"line":null}""",
            Encoding.UTF8.GetString(AnthropicModels.Compose(new("qwen3:8b", "Qwen 3", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)), 8192))));

    [Fact]
    public void A_page_names_its_ends() =>
        Assert.Equal(
            """{"data":[{"type":"model","id":"a","display_name":"A","created_at":"1970-01-01T00:00:00Z","max_input_tokens":null,"max_tokens":null,"capabilities":null,"lifecycle":"active","deprecated_at":null,"retires_at":null,"line":null}],"has_more":true,"first_id":"a","last_id":"a"}""",
            Encoding.UTF8.GetString(AnthropicModels.ComposePage([new("a", "A", DateTimeOffset.UnixEpoch, null)], hasMore: true)));

    [Fact]
    public void An_empty_page_has_no_ends() =>
        Assert.Equal("""{"data":[],"has_more":false,"first_id":null,"last_id":null}""", Encoding.UTF8.GetString(AnthropicModels.ComposePage([], hasMore: false)));

    [Theory]
    [InlineData("", "m1 m2 m3 m4 m5", false)]
    [InlineData("?limit=&after_id=", "m1 m2 m3 m4 m5", false)]
    [InlineData("?limit=2", "m1 m2", true)]
    [InlineData("?limit=2&after_id=m2", "m3 m4", true)]
    [InlineData("?limit=2&after_id=m3", "m4 m5", false)]
    [InlineData("?after_id=m5", "", false)]
    [InlineData("?limit=2&before_id=m5", "m3 m4", true)]
    [InlineData("?limit=2&before_id=m3", "m1 m2", false)]
    [InlineData("?before_id=m1", "", false)]
    [InlineData("?after_id=m1&before_id=m4", "m2 m3", false)]
    public void A_page_is_a_part_of_the_list(string query, string expected, bool more)
    {
        var page = AnthropicModelPage.Read(Query(query), out var failure)!;
        Assert.Null(failure);
        var models = page.Of(Models, out var hasMore, out failure);

        Assert.Null(failure);
        Assert.Equal((expected, more), (string.Join(' ', models.Select(model => model.Id)), hasMore));
    }

    [Theory]
    [InlineData("?limit=0", "limit: must be a number from 1 to 1000")]
    [InlineData("?limit=1001", "limit: must be a number from 1 to 1000")]
    [InlineData("?limit=x", "limit: must be a number from 1 to 1000")]
    [InlineData("?after_id=zzz", "after_id: model 'zzz' not found")]
    [InlineData("?before_id=zzz", "before_id: model 'zzz' not found")]
    public void A_wrong_value_is_named(string query, string error)
    {
        var page = AnthropicModelPage.Read(Query(query), out var failure);
        page?.Of(Models, out _, out failure);

        Assert.Equal(error, Assert.IsType<InferenceFailure.InvalidRequest>(failure).Message);
    }

    private static IQueryCollection Query(string query)
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new(query);
        return context.Request.Query;
    }
}
