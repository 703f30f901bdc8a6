using System.Text.Json;
using GGLib.Tests.Catalog.Imports;
using GGLib.Tests.Program.Chat;

namespace GGLib.Tests.Program;

/// <summary><c>import</c>, <c>verify</c>, <c>repair</c>, and the source in <c>list</c>, as they are typed.</summary>
public sealed class ImportVerbTests : IDisposable
{
    private readonly CommandRun _run = new();
    private readonly OllamaFolder _ollama;

    public ImportVerbTests()
    {
        _ollama = new OllamaFolder(Path.Combine(_run.Folder, ".ollama", "models"));
        _ollama.Manifest("registry.ollama.ai/library/tiny/latest", ("model", _ollama.Blob(File.ReadAllBytes(Repository.Model("tiny-random")))), ("system", _ollama.Blob("Be brief.")));
        _ollama.Manifest("registry.ollama.ai/library/far/cloud-1", """{"remote_host":"https://far.example"}""");
        _run.Variables[OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME"] = _run.Folder;
    }

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Everything_that_is_found_is_imported_and_listed_with_its_source()
    {
        var hub = Directory.CreateDirectory(Path.Combine(_run.Folder, ".cache", "huggingface", "hub", "models--o--r-GGUF", "snapshots", "abc")).FullName;
        File.Copy(Repository.Model("demo-embed"), Path.Combine(hub, "r-Q8_0.gguf"));

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("import"));
        Assert.Contains($"The Ollama store {_ollama.Path}\n  Added 'tiny:latest'  ", _run.Output, StringComparison.Ordinal);
        Assert.Contains("  1 model, 1 new; nothing was copied.\n", _run.Output, StringComparison.Ordinal);
        Assert.Contains("The Hugging Face cache ", _run.Output, StringComparison.Ordinal);
        Assert.Equal("gglib: Not imported: 'far:cloud-1': it is computed by https://far.example, not by this machine.\n", _run.Error);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("list"));
        var lines = _run.Output.TrimEnd().Split('\n');
        var source = lines[0].IndexOf("SOURCE", StringComparison.Ordinal);
        Assert.Equal(["hf", "ollama"], lines.Skip(1).Select(line => line[source..].Split(' ')[0]).Order(StringComparer.Ordinal));

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("list", "--json"));
        using var json = JsonDocument.Parse(_run.Output);
        var tiny = json.RootElement.GetProperty("models").EnumerateArray().Single(static model => model.GetProperty("name").GetString() == "tiny:latest");
        Assert.Equal(("ollama", _ollama.Path), (tiny.GetProperty("source").GetString(), tiny.GetProperty("store").GetString()));

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("import"));
        Assert.Contains("  1 model, none new; nothing was copied.\n", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_is_named_by_its_program_or_its_folder()
    {
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("import", "--list"));
        Assert.Matches("^STORE +IMPORTED +MODELS +PATH\nollama +no +- +.*\\.ollama.models\n$", _run.Output);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("import", "--from", "ollama"));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("import", "--from", Path.Combine(_run.Folder, ".ollama")));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("import", "--from", Path.Combine(Repository.Root, "models")));
        Assert.Contains("The folder ", _run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("import", "--list", "--json"));
        using (var json = JsonDocument.Parse(_run.Output))
        {
            Assert.Equal(
                ["ollama True 1", "folder True 3"],
                json.RootElement.GetProperty("stores").EnumerateArray().Select(static store => $"{store.GetProperty("kind")} {store.GetProperty("is_imported")} {store.GetProperty("models")}"));
        }

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("import", "--from", "ollama", "--remove"));
        Assert.Equal($"1 model of the Ollama store {_ollama.Path} is shown no more; nothing in it was touched.\n", _run.Output);
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("show", "tiny"));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("import", "--remove"));
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("list"));
        Assert.Equal("", _run.Output);
    }

    [Fact]
    public async Task What_cannot_be_imported_is_a_sentence_and_a_code()
    {
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("import", "--from", Path.Combine(_run.Folder, "nowhere")));
        Assert.Contains("There is no folder '", _run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("import", "--from", "lmstudio"));
        Assert.Contains("No lmstudio store was found", _run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, await _run.RunAsync("import", "--from", " "));
        Assert.Equal(ExitCode.Usage, await _run.RunAsync("import", "--list", "--remove"));
        Assert.Equal(ExitCode.Usage, await _run.RunAsync("import", "--json"));
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("import", "--remove"));
        var empty = Directory.CreateDirectory(Path.Combine(_run.Folder, "empty")).FullName;
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("import", "--from", empty));
        Assert.Contains("There is no model in it that can be run now.", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removing_a_name_says_that_the_store_keeps_it()
    {
        await _run.RunAsync("import");
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("rm", "tiny"));
        Assert.Equal($"Removed 'tiny:latest'; it stays in {_ollama.Path}, and gglib import shows it again\n", _run.Output);
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("show", "tiny"));
        await _run.RunAsync("import");
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("show", "tiny"));
        Assert.Contains($"source        ollama, {_ollama.Path}", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_says_a_sentence_on_every_file_and_repair_changes_nothing_that_is_not_ours()
    {
        await _run.RunAsync("import");
        var own = Path.Combine(_run.Folder, "own.gguf");
        File.Copy(Repository.Model("demo-embed"), own);
        await _run.RunAsync("add", own);

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("verify"));
        Assert.Contains("' is intact: its SHA-256 is the one in its name.\n", _run.Output, StringComparison.Ordinal);
        Assert.Contains($"'{own}' cannot be compared: nothing says what its SHA-256 should be.", _run.Output, StringComparison.Ordinal);
        Assert.EndsWith("2 files: 1 intact, 1 with nothing to compare\n", _run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await _run.RunAsync("repair", "own"));
        Assert.EndsWith("'own:latest' needs no repair.\n", _run.Output, StringComparison.Ordinal);

        var blob = Directory.EnumerateFiles(Path.Combine(_ollama.Path, "blobs")).MaxBy(static file => new FileInfo(file).Length)!;
        Flip(blob);
        Flip(own);
        Assert.Equal(ExitCode.Damaged, await _run.RunAsync("verify", "tiny"));
        Assert.Contains($"'{blob}' is damaged: its SHA-256 is ", _run.Output, StringComparison.Ordinal);
        Assert.Contains("1 file: 1 damaged. See: gglib repair NAME\n", _run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Damaged, await _run.RunAsync("verify", "--json"));
        using (var json = JsonDocument.Parse(_run.Output))
        {
            Assert.Equal(["damaged", "damaged"], json.RootElement.GetProperty("files").EnumerateArray().Select(static file => file.GetProperty("verdict").GetString()));
        }

        byte[] before = [.. File.ReadAllBytes(blob), .. File.ReadAllBytes(own)];
        Assert.Equal(ExitCode.Damaged, await _run.RunAsync("repair", "tiny"));
        Assert.Contains("where gglib changes nothing", _run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Damaged, await _run.RunAsync("repair", "own"));
        Assert.Contains("there is nowhere to fetch its files from", _run.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(blob).Concat(File.ReadAllBytes(own)));

        File.Delete(own);
        Assert.Equal(ExitCode.Damaged, await _run.RunAsync("verify", "own"));
        Assert.Contains($"'{own}' is not there.\n", _run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("verify", "nothing"));
        Assert.Equal(ExitCode.NoModel, await _run.RunAsync("repair", "nothing"));
    }

    [Fact]
    public async Task The_first_up_offers_what_it_finds_once()
    {
        // It ends where the port belongs to somebody else, after the offer.
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(ExitCode.PortTaken, await _run.RunAsync("up", "--port", port));
        Assert.Contains($"There are models on this machine: 1 in the Ollama store {_ollama.Path}. To serve them where they are: gglib import\n", _run.Error, StringComparison.Ordinal);

        _run.Keyboard = new ScriptedKeyboard();
        _run.Piped = "n\n";
        Assert.Equal(ExitCode.PortTaken, await _run.RunAsync("up", "--port", port));
        Assert.Contains("Serve them where they are, without copying? [Y/n] Not imported. Later: gglib import\n", _run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.PortTaken, await _run.RunAsync("up", "--port", port));
        Assert.DoesNotContain("[Y/n]", _run.Output, StringComparison.Ordinal);

        // Somebody else, who presses Enter.
        _run.Variables["GGLIB_HOME"] = Path.Combine(_run.Folder, "other");
        _run.Piped = "\n";
        Assert.Equal(ExitCode.PortTaken, await _run.RunAsync("up", "--port", port));
        Assert.Contains("  Added 'tiny:latest'", _run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.PortTaken, await _run.RunAsync("up", "--port", port));
        Assert.DoesNotContain("[Y/n]", _run.Output, StringComparison.Ordinal);
    }

    private static void Flip(string path)
    {
        var (bytes, time) = (File.ReadAllBytes(path), File.GetLastWriteTimeUtc(path));
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, time);
    }
}
