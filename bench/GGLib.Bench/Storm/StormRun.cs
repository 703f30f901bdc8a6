namespace GGLib.Bench.Storm;

/// <summary>Many clients over more models than have room, kills, an impatient client, and what a swap costs; on the real engine.</summary>
internal sealed class StormRun(StormOptions options, string folder)
{
    public async Task RunAsync()
    {
        var rig = new StormRig(options, folder);
        if (options.Wants("storm"))
        {
            await new SliceStorm(rig).RunAsync().ConfigureAwait(false);
        }

        if (options.Wants("alternate"))
        {
            await new Alternation(rig).RunAsync().ConfigureAwait(false);
        }

        if (options.Wants("kills"))
        {
            await new ChildKills(rig).RunAsync().ConfigureAwait(false);
            await new GGLibKills(rig).RunAsync().ConfigureAwait(false);
        }

        if (options.Wants("patience"))
        {
            await new Patience(rig).RunAsync().ConfigureAwait(false);
        }

        if (options.Wants("swap"))
        {
            await new Swap(rig).RunAsync().ConfigureAwait(false);
        }
    }
}
