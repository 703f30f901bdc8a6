using GGLib.Catalog;
using GGLib.Engine.Installation;
using GGLib.Engine.Launching;
using GGLib.Engine.Processes;
using GGLib.Server;
using GGLib.Server.Hosting;

var home = args[0];
using var logs = LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Debug));
using var catalog = ModelCatalog.OpenInMemory(TimeProvider.System);
foreach (var m in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "models"), "*.gguf"))
{
    Console.WriteLine(catalog.AddTransient(m).Message);
}

var search = await new EngineLocator(home).FindAsync(Environment.GetEnvironmentVariable("ENG"), default);
Console.WriteLine(search);
var factory = new LlamaServerFactory(((EngineSearch.Found)search).Engine, RunDirectory.Open(home), TimeProvider.System, logs.CreateLogger<LlamaServerFactory>());
await using var server = GGLibServer.Create(new ServerOptions { Version = "0.1.0", Port = 22434, OnRequest = l => Console.WriteLine($"{l.Method} {l.Path} {l.Status} {l.Duration.TotalMilliseconds:F1}ms {l.Notes.Model} {l.Notes.GeneratedTokens} {l.Notes.Error}") }, new EngineSettings(), catalog, factory, TimeProvider.System);
await server.StartAsync(default);
Console.WriteLine(string.Join(' ', server.Addresses));
await server.WaitForShutdownAsync(default);
