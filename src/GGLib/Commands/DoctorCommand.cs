using System.CommandLine;
using GGLib.Configuration;
using GGLib.Diagnosis;
using GGLib.Rendering.Json;

namespace GGLib.Commands;

/// <summary><c>gglib doctor</c>: what was found on this machine, what would be used, and what is wrong. Fails when something is.</summary>
internal sealed class DoctorCommand : Verb
{
    private readonly Option<bool> _json = CommonOptions.Json();

    public DoctorCommand(Surroundings around)
        : base(around, "doctor", "Look for what is wrong on this machine, and say what to do.") => Add(_json);

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gglib doctor", "a line for each thing that a server needs"),
        new("gglib doctor --json", "for scripts; the exit code is 1 when something is wrong"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        var findings = await new Doctor(Around).ExamineAsync(cancellation).ConfigureAwait(false);
        var healthy = findings.All(static finding => finding.State != Finding.Wrong);
        if (line.GetValue(_json))
        {
            Around.Screen.Line(ProgramJson.Text(new DoctorJson(healthy, findings)));
        }
        else
        {
            foreach (var finding in findings)
            {
                Around.Screen.Line($"{Mark(finding.State)} {Around.Screen.Paint.Dim(finding.Subject.PadRight(14))}{finding.Text}");
                if (finding.Remedy is { } remedy)
                {
                    Around.Screen.Line($"      {remedy}");
                }
            }
        }

        return healthy ? ExitCode.Ok : ExitCode.Failure;
    }

    private string Mark(string state) => Around.Screen.IsTerminal
        ? state switch
        {
            Finding.Ok => Around.Screen.Paint.Green("✓    "),
            Finding.Note => Around.Screen.Paint.Yellow("!    "),
            _ => Around.Screen.Paint.Red("✗    "),
        }
        : state.PadRight(5);
}
