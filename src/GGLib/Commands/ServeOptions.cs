using System.CommandLine;
using System.Net;
using GGLib.Configuration;
using GGLib.Configuration.Values;
using GGLib.Serving;

namespace GGLib.Commands;

/// <summary>The options of the verbs that serve.</summary>
internal sealed class ServeOptions
{
    private readonly Option<string?> _host = new("--host") { Description = "Address to listen on; OLLAMA_HOST sets it too [default: 127.0.0.1]", HelpName = "address" };
    private readonly Option<int?> _port = new("--port", "-p") { Description = "Port to listen on; OLLAMA_HOST sets it too, 0 takes a free one [default: 11434]", HelpName = "number" };
    private readonly Option<string?> _engine = new("--engine") { Description = "The llama-server to run, instead of looking for one", HelpName = "path" };
    private readonly Option<bool?> _lenientThinking = new("--lenient-thinking") { Description = "Pass over a request to think where the model cannot, instead of refusing it" };
    private readonly Option<int?> _maxLoaded = new("--max-loaded") { Description = "Most models loaded at once, 0: as many as memory holds; OLLAMA_MAX_LOADED_MODELS sets it too [default: 0]", HelpName = "number" };
    private readonly Option<string?> _memoryBudget = new("--memory-budget") { Description = "Memory that all models together may take; GGLIB_MEMORY_BUDGET sets it too [default: what the machine has]", HelpName = "8GiB" };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Install llama-server without asking when it is missing" };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "The model to prove the server with: a name from the library, or a GGUF file", HelpName = "name|file" };

    public ServeOptions()
    {
        _port.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var port) && port is >= 0 and <= IPEndPoint.MaxPort))
            {
                result.AddError($"'{token.Value}' is no port: give a number from 0 to {IPEndPoint.MaxPort}.");
            }
        });
        _maxLoaded.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !new WholeRule(0).TryRead(token.Value, out _))
            {
                result.AddError($"'{token.Value}' is no number of models: give {new WholeRule(0).Expected}.");
            }
        });
        _memoryBudget.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !new BytesRule().TryRead(token.Value, out _))
            {
                result.AddError($"'{token.Value}' is not {new BytesRule().Expected}.");
            }
        });
    }

    public void AddTo(Command verb, bool withModel)
    {
        verb.Add(_host);
        verb.Add(_port);
        if (withModel)
        {
            verb.Add(_model);
        }

        verb.Add(_engine);
        verb.Add(_lenientThinking);
        verb.Add(_maxLoaded);
        verb.Add(_memoryBudget);
        verb.Add(_yes);
    }

    /// <summary>Adds those options alone that are settings.</summary>
    public void AddSettingsTo(Command verb)
    {
        verb.Add(_host);
        verb.Add(_port);
        verb.Add(_engine);
        verb.Add(_lenientThinking);
        verb.Add(_maxLoaded);
        verb.Add(_memoryBudget);
    }

    public CommandLineSettings ReadSettings(ParseResult line) => new(line.GetValue(_host), line.GetValue(_port), line.GetValue(_engine), line.GetValue(_lenientThinking), line.GetValue(_maxLoaded), Bytes(line.GetValue(_memoryBudget)));

    public ServeRequest Read(ParseResult line) => new(
        ReadSettings(line),
        line.CommandResult.Command.Options.Contains(_model) ? line.GetValue(_model) : null,
        line.GetValue(_yes));

    private static long? Bytes(string? text) => text is not null && new BytesRule().TryRead(text, out var bytes) ? bytes : null;
}
