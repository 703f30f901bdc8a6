using Spectre.Console;
using Spectre.Console.Rendering;

namespace GGLib.Transfers;

/// <summary>
/// The rate beside a bar. Spectre's own takes the bytes that were there before for bytes that came at once, and promises a file that is gone on with far too early.
/// </summary>
internal sealed class RateColumn(TransferRate rate) : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(rate.ToString());
}
