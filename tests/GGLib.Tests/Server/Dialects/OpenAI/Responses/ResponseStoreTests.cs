using System.Text;
using GGLib.Server.Dialects.OpenAI.Responses;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

public sealed class ResponseStoreTests
{
    [Fact]
    public void The_least_recently_used_response_is_removed_beyond_the_count()
    {
        var store = new ResponseStore(2, 1 << 20);
        store.Add(Response("a"));
        store.Add(Response("b"));
        Assert.NotNull(store.Find("a"));
        store.Add(Response("c"));

        Assert.NotNull(store.Find("a"));
        Assert.Null(store.Find("b"));
        Assert.Null(store.FindItem("b-out"));
        Assert.NotNull(store.FindItem("c-out"));
    }

    [Fact]
    public void A_reference_to_an_item_is_a_use_of_its_response()
    {
        var store = new ResponseStore(2, 1 << 20);
        store.Add(Response("a"));
        store.Add(Response("b"));
        Assert.Equal("a-in", store.FindItem("a-in")!.Id);
        store.Add(Response("c"));

        Assert.NotNull(store.Find("a"));
        Assert.Null(store.Find("b"));
    }

    [Fact]
    public void Responses_are_removed_beyond_the_bytes()
    {
        var one = Response("a").Bytes;
        var store = new ResponseStore(100, 2 * one);
        store.Add(Response("a"));
        store.Add(Response("b"));
        store.Add(Response("c"));

        Assert.Null(store.Find("a"));
        Assert.NotNull(store.Find("b"));
        Assert.NotNull(store.Find("c"));
    }

    [Fact]
    public void A_response_larger_than_the_store_removes_nothing()
    {
        var store = new ResponseStore(100, Response("a").Bytes);
        store.Add(Response("a"));
        store.Add(Response("b", size: 5000));

        Assert.NotNull(store.Find("a"));
        Assert.Null(store.Find("b"));
    }

    [Fact]
    public void An_item_stays_while_a_newer_response_contains_it()
    {
        var store = new ResponseStore(100, 1 << 20);
        var first = Response("a");
        store.Add(first);
        store.Add(Response("b") with { Input = [.. first.Input, .. first.Output] });

        Assert.True(store.Remove("a"));
        Assert.NotNull(store.FindItem("a-out"));
        Assert.True(store.Remove("b"));
        Assert.Null(store.FindItem("a-out"));
        Assert.False(store.Remove("b"));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    public void A_store_without_room_stores_nothing(int count, long bytes)
    {
        var store = new ResponseStore(count, bytes);
        store.Add(Response("a"));
        Assert.False(store.IsEnabled);
        Assert.Null(store.Find("a"));
    }

    private static StoredResponse Response(string id, int size = 10) =>
        new(id, new byte[size], [new($"{id}-in", Encoding.UTF8.GetBytes("{}"))], [new($"{id}-out", Encoding.UTF8.GetBytes("{}"))]);
}
