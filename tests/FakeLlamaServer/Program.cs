using FakeLlama.CommandLine;
using FakeLlama.Script;

namespace FakeLlama;

/// <summary>In a namespace, unlike top-level statements, so that tests which see two programs can tell them apart.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var arguments = ServerArguments.Parse(args);
        if (arguments.Error is not null)
        {
            Console.Error.WriteLine(arguments.Error);
            return 1;
        }

        if (arguments.Version)
        {
            Console.Error.WriteLine("version: 0.0.0 (build 1, commit fake)");
            Console.Error.WriteLine("built with .NET for tests");
            return 0;
        }

        if (arguments.Help)
        {
            Console.Write(HelpText.Text);
            return 0;
        }

        using var program = new FakeProgram(arguments, new ScriptFile(arguments.Model));
        return await program.Run();
    }
}
