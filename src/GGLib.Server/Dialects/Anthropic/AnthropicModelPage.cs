using System.Globalization;
using GGLib.Server.Failures;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Dialects.Anthropic;

/// <summary>The part of the model list that a client asks for.</summary>
/// <param name="Limit">The most models on a page, 1 to 1,000.</param>
/// <param name="AfterId">The page starts after this model; null for the beginning.</param>
/// <param name="BeforeId">The page ends before this model; null when it does not matter.</param>
internal sealed record AnthropicModelPage(int Limit, string? AfterId, string? BeforeId)
{
    /// <summary>The largest page, and the page of a client that names no limit: a list of local models is short.</summary>
    public const int LargestPage = 1000;

    /// <summary>Reads <c>limit</c>, <c>after_id</c> and <c>before_id</c>. Empty values count as absent.</summary>
    public static AnthropicModelPage? Read(IQueryCollection query, out InferenceFailure? failure)
    {
        failure = null;
        var limit = LargestPage;
        var text = query["limit"].ToString();
        if (text.Length > 0 && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= LargestPage))
        {
            failure = new InferenceFailure.InvalidRequest("limit: must be a number from 1 to 1000", "limit");
            return null;
        }

        return new(limit, NullIfEmpty(query["after_id"].ToString()), NullIfEmpty(query["before_id"].ToString()));
    }

    /// <summary>The page's models.</summary>
    /// <param name="models">All models in the order of the list.</param>
    /// <param name="hasMore">Whether more models follow in the direction of paging.</param>
    /// <param name="failure">The error when a cursor is not in the list; null when there is none.</param>
    public IReadOnlyList<AnthropicModel> Of(IReadOnlyList<AnthropicModel> models, out bool hasMore, out InferenceFailure? failure)
    {
        hasMore = false;
        int start = 0, end = models.Count;
        if (AfterId is not null)
        {
            start = IndexOf(models, AfterId) + 1;
            if (start == 0)
            {
                failure = Unknown("after_id", AfterId);
                return [];
            }
        }

        if (BeforeId is not null)
        {
            end = IndexOf(models, BeforeId);
            if (end < 0)
            {
                failure = Unknown("before_id", BeforeId);
                return [];
            }
        }

        failure = null;
        var count = Math.Max(0, end - start);
        hasMore = count > Limit;
        if (hasMore && BeforeId is not null && AfterId is null)
        {
            start = end - Limit;
        }

        return [.. models.Skip(start).Take(Math.Min(count, Limit))];
    }

    private static int IndexOf(IReadOnlyList<AnthropicModel> models, string id)
    {
        for (var index = 0; index < models.Count; index++)
        {
            if (models[index].Id == id)
            {
                return index;
            }
        }

        return -1;
    }

    private static InferenceFailure.InvalidRequest Unknown(string field, string id) => new($"{field}: model '{id}' not found", field);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
