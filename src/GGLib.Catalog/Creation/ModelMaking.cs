using System.Collections.Immutable;
using System.Security.Cryptography;
using GGLib.Catalog.Blobs;
using GGLib.Gguf;

namespace GGLib.Catalog.Creation;

/// <summary>Makes one model. Nothing is in the catalog before everything else is done; what was begun and not finished is removed. Used once.</summary>
internal sealed class ModelMaking(ModelLibrary library, ModelRecipe recipe, Func<CreateProgress, Task> report, CancellationToken cancellation)
{
    internal const string QuantizePrefix = "quantize-";
    private const int HashBuffer = 1 << 20;

    // Ollama's clients draw a bar for what has a digest, and quantizing has none before it is done.
    private const string NoDigestYet = "0000000000000000000";

    private static readonly GgufTensorType[] Unquantized = [GgufTensorType.F32, GgufTensorType.F16, GgufTensorType.BF16];

    // Blobs that were written for this model.
    private readonly List<string> _made = [];
    private CatalogModel? _base;
    private string? _weights;
    private ModelProfile? _profile;
    private ProjectorChoice _projector = ProjectorChoice.None;

    public async Task<CreateResult> RunAsync()
    {
        var succeeded = false;
        try
        {
            var result = Check() ?? await PrepareAsync().ConfigureAwait(false) ?? await FinishAsync().ConfigureAwait(false);
            succeeded = result.Succeeded;
            return result;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CatalogException)
        {
            return CreateResult.Failed(CreateFault.Storage, exception.Message);
        }
        finally
        {
            if (!succeeded)
            {
                library.DeleteUnnamed(_made);
            }
        }
    }

    // 1 What can be told from the recipe alone.
    private CreateResult? Check()
    {
        var problem = recipe switch
        {
            { From: null or "", Files: null } => "neither 'from' or 'files' was specified",
            { Files.IsEmpty: true } or { Adapters.IsEmpty: true } => "no files provided to convert",
            { Adapters.Length: > 1 } => "only one adapter is currently supported",
            { Template: { } template } when ModelProfile.TemplateProblemOf(template) is { } wrong => $"template error: {wrong}",
            _ => recipe.Files?.Select(KindProblem).FirstOrDefault(static wrong => wrong is not null),
        };
        return problem is not null
            ? CreateResult.Failed(CreateFault.BadRecipe, problem)
            : recipe.Quantize is { Length: > 0 } format && QuantizationFormat.Find(format) is null
                ? CreateResult.Failed(CreateFault.Quantization, $"unsupported quantization type {format.ToUpperInvariant()} - supported types are {string.Join(", ", QuantizationFormat.All)}")
                : null;
    }

    private string? KindProblem(RecipeFile file) => Path.GetExtension(file.Name).ToUpperInvariant() switch
    {
        ".GGUF" => null,
        ".SAFETENSORS" or ".BIN" or ".PTH" or ".PT" or ".JSON" => "only GGUF files can be made into a model here: convert the model with llama.cpp's convert_hf_to_gguf.py first",

        // Without an ending that says it, the first bytes do.
        _ => PathOf(file) is not { } path || StartsAsGguf(path) ? null : "unknown type",
    };

    // 2 The files.
    private async Task<CreateResult?> PrepareAsync()
    {
        if (recipe.From is { Length: > 0 } from && await FindBaseAsync(from).ConfigureAwait(false) is { } missing)
        {
            return missing;
        }

        if (recipe.Files is { } files && await ReadFilesAsync(files).ConfigureAwait(false) is { } unusable)
        {
            return unusable;
        }

        if (_weights is null)
        {
            return CreateResult.Failed(CreateFault.Unusable, "none of the files is a model: a projector or an adapter goes with one, which 'from' names");
        }

        _profile = Profile(out var failure);
        return failure ?? (recipe.Quantize is { Length: > 0 } format ? await QuantizeAsync(QuantizationFormat.Find(format)!).ConfigureAwait(false) : null);
    }

    private async Task<CreateResult?> FindBaseAsync(string from)
    {
        if (library.Catalog.Find(from) is null && library.Source is { } source && await source.FetchAsync(from, report, cancellation).ConfigureAwait(false) is { } failure)
        {
            return new CreateResult { Failure = failure };
        }

        switch (library.Catalog.Find(from))
        {
            case null:
                return CreateResult.Failed(CreateFault.Missing, $"there is no model '{from}' to make one from");
            case { IsMissing: true } missing:
                return CreateResult.Failed(CreateFault.Missing, missing.Problem ?? $"the files of '{from}' cannot be used");
            case var model:
                _base = model;
                _weights = model.Path;

                // As it is now: what lies beside a blob is no sign of belonging together.
                _projector = model.ProjectorPath is { } path ? ProjectorChoice.File(path) : ProjectorChoice.None;
                return null;
        }
    }

    private async Task<CreateResult?> ReadFilesAsync(ImmutableArray<RecipeFile> files)
    {
        await report(new CreateProgress("parsing GGUF")).ConfigureAwait(false);
        var hasWeights = false;
        foreach (var file in files)
        {
            if (PathOf(file) is not { } path)
            {
                return Absent(file);
            }

            if (Facts(path, out var failure) is not { } facts)
            {
                return failure;
            }

            switch (facts.Kind)
            {
                case ModelFileKind.Projector when _projector.Path is null || _base?.ProjectorPath == _projector.Path:
                    _projector = ProjectorChoice.File(path);
                    break;
                case ModelFileKind.Model when !hasWeights && _base is null:
                    if (facts.SplitCount > 1 && !SplitFileName.IsPart(path))
                    {
                        return CreateResult.Failed(CreateFault.Unusable, "a model that is split into several files cannot be made of blobs: add the files themselves with 'gglib add', or join them with llama-gguf-split --merge");
                    }

                    _weights = SplitFileName.FirstOf(path);
                    hasWeights = true;
                    break;
                default:
                    return CreateResult.Failed(CreateFault.Unusable, facts.Kind switch
                    {
                        ModelFileKind.Model => _base is null ? "more than one of the files is a model" : "both 'from' and 'files' name a model",
                        ModelFileKind.Projector => "more than one of the files is a projector",
                        ModelFileKind.Adapter => $"'{file.Name}' is an adapter, which goes into 'adapters'",
                        _ => $"'{file.Name}' holds no model",
                    });
            }
        }

        return null;
    }

    // 3 The weights in another format.
    private async Task<CreateResult?> QuantizeAsync(string format)
    {
        GgufFile header;
        try
        {
            header = GgufFile.Read(_weights!);
        }
        catch (GgufException exception)
        {
            return CreateResult.Failed(CreateFault.Unusable, exception.Message);
        }

        // By the tensors: what general.file_type says may be missing. Vectors stay as they are in every format.
        var kind = header.Tensors.Where(static tensor => tensor.Shape.Length > 1).GroupBy(static tensor => tensor.Type).MaxBy(static group => group.Sum(static tensor => tensor.ElementCount))?.Key;
        if (kind is null || header.Tensors.Any(static tensor => tensor.Shape.Length > 1 && !Unquantized.Contains(tensor.Type)))
        {
            return CreateResult.Failed(CreateFault.Quantization, "quantization is only supported for F16, BF16 and F32 models");
        }

        if (library.Quantizer is not { } quantizer)
        {
            return CreateResult.Failed(CreateFault.Quantization, "there is no llama-quantize beside this llama-server, so nothing can be quantized");
        }

        if (library.Blobs is not { } blobs)
        {
            return CreateResult.Failed(CreateFault.Storage, "this server keeps nothing on disk, so there is no place for the quantized file");
        }

        var status = $"quantizing {kind} model to {format}";
        var total = SplitFileName.PartsOf(_weights!).Sum(static part => FileStamp.Of(part)?.SizeBytes ?? 0);
        await report(new CreateProgress(status, NoDigestYet, total)).ConfigureAwait(false);
        library.SweepUnfinished();
        Directory.CreateDirectory(blobs.Partials);
        var temporary = Path.Combine(blobs.Partials, QuantizePrefix + Guid.NewGuid().ToString("N"));
        try
        {
            var problem = await quantizer(
                _weights!,
                temporary,
                format,
                (done, of) => report(new CreateProgress(status, NoDigestYet, total, of == 0 ? 0 : (long)((Int128)total * done / of))),
                cancellation).ConfigureAwait(false);
            if (problem is not null)
            {
                return CreateResult.Failed(CreateFault.Quantization, $"the model could not be quantized: {problem}");
            }

            var digest = await SyncAsync(temporary).ConfigureAwait(false);
            blobs.Adopt(temporary, digest);
            _weights = blobs.PathOf(digest);
            _made.Add(_weights);
        }
        finally
        {
            File.Delete(temporary);
        }

        await report(new CreateProgress("verifying conversion")).ConfigureAwait(false);
        return null;
    }

    // 4 The catalog.
    private async Task<CreateResult> FinishAsync()
    {
        await ReportLayersAsync(_profile!).ConfigureAwait(false);
        await report(new CreateProgress("writing manifest")).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return library.Put(_weights!, recipe.Name, _projector, _profile!);
    }

    private ModelProfile? Profile(out CreateResult? failure)
    {
        failure = null;
        var below = _base?.Profile ?? ModelProfile.None;
        var adapters = below.Adapters;
        if (recipe.Adapters is { } named)
        {
            if (Companions(named, ModelFileKind.Adapter, "an adapter", out failure) is not { } found)
            {
                return null;
            }

            adapters = found;
        }

        var draft = below.Draft;
        if (recipe.Draft is { } file)
        {
            if (Companions([file], ModelFileKind.Model, "a model", out failure) is not [var found])
            {
                return null;
            }

            draft = found;
        }

        return below with
        {
            Template = recipe.Template is { } template ? template is "" ? null : template : below.Template,
            PrefersFileTemplate = recipe.Template is null && below.PrefersFileTemplate,
            System = recipe.System is { } system ? system is "" ? null : system : below.System,
            Parameters = ModelOptions.Over(recipe.Parameters, below.Parameters),
            Licenses = [.. below.Licenses.Concat(recipe.Licenses.Where(static text => text.Length > 0)).Distinct()],
            Messages = recipe.Messages ?? below.Messages,
            Adapters = adapters,
            Draft = draft,
            Parent = _base?.Name.Display,
            Requires = recipe.Requires is { Length: > 0 } requires ? requires : below.Requires,

            Stated = recipe.Stated ?? below.Stated,

            // Of the model it was made from; this one came from nowhere.
            Source = null,
            AllowsPlainHttp = false,
            TextBlobs = [],
            ManifestDigest = null,
            MadeAt = library.Time.GetUtcNow(),
        };
    }

    private ImmutableArray<string>? Companions(ImmutableArray<RecipeFile> files, ModelFileKind kind, string what, out CreateResult? failure)
    {
        failure = null;
        var paths = ImmutableArray.CreateBuilder<string>();
        foreach (var file in files)
        {
            if (PathOf(file) is not { } path)
            {
                failure = Absent(file);
                return null;
            }

            if (Facts(path, out failure) is not { } facts)
            {
                return null;
            }

            if (facts.Kind != kind)
            {
                failure = CreateResult.Failed(CreateFault.Unusable, $"'{file.Name}' is not {what}");
                return null;
            }

            paths.Add(path);
        }

        return paths.ToImmutable();
    }

    private async Task ReportLayersAsync(ModelProfile profile)
    {
        foreach (var path in SplitFileName.PartsOf(_weights!).Concat(new[] { _projector.Path }.OfType<string>()).Concat(profile.Adapters).Concat(new[] { profile.Draft }.OfType<string>()))
        {
            // Of a file that lies somewhere the digest may not be known yet, and nobody waits for it.
            var isNew = _made.Contains(path);
            var layer = BlobDigest.TryParse(Path.GetFileName(path), out var digest) ? digest.ToString() : library.Catalog.KnownSha256(path) is { } known ? $"sha256:{known}" : null;
            await report(new CreateProgress(layer is null ? $"using existing file {Path.GetFileName(path)}" : Layer(isNew, layer))).ConfigureAwait(false);
        }

        var before = LayerDigest.Of(_base?.Profile ?? ModelProfile.None).ToHashSet();
        foreach (var layer in LayerDigest.Of(profile))
        {
            await report(new CreateProgress(Layer(!before.Contains(layer), layer.ToString()))).ConfigureAwait(false);
        }

        static string Layer(bool isNew, string digest) => $"{(isNew ? "creating new" : "using existing")} layer {digest}";
    }

    private string? PathOf(RecipeFile file) => file.Digest is { } digest ? library.FileOf(digest) : file.Path;

    private static CreateResult Absent(RecipeFile file) => CreateResult.Failed(CreateFault.Missing, $"the blob {file.Digest} of '{file.Name}' is not here: upload it first, with POST /api/blobs/{file.Digest}");

    private static ModelFacts? Facts(string path, out CreateResult? failure)
    {
        failure = null;
        var header = HeaderReading.Of(path, FileStamp.Of(path) ?? default);
        if (header.Facts is { } facts)
        {
            return facts;
        }

        failure = CreateResult.Failed(CreateFault.Unusable, File.Exists(path) && StartsAsGguf(path) ? header.Problem! : "supplied file was not in GGUF format");
        return null;
    }

    private static bool StartsAsGguf(string path)
    {
        Span<byte> mark = stackalloc byte[4];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return stream.ReadAtLeast(mark, 4, throwOnEndOfStream: false) == 4 && mark.SequenceEqual("GGUF"u8);
    }

    // On the disk before it gets its name, with the digest that the name has to be.
    private async Task<BlobDigest> SyncAsync(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[HashBuffer];
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, read);
            }

            stream.Flush(flushToDisk: true);
            return BlobDigest.Of(hash);
        }
    }
}
