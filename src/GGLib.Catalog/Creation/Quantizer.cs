namespace GGLib.Catalog.Creation;

/// <summary>Writes a model's weights in another format. The catalog knows no engine: whoever puts the two together gives it one.</summary>
/// <param name="source">The file with the weights, of a split model the first part.</param>
/// <param name="destination">The file to write; whole only when the call says so.</param>
/// <param name="format">One of <see cref="QuantizationFormat.All"/>.</param>
/// <param name="report">Told how many tensors are done, and of how many.</param>
/// <param name="cancellation">Ends the program that does it.</param>
/// <returns>Null when it is done; else why not, in one sentence.</returns>
public delegate Task<string?> Quantizer(string source, string destination, string format, Func<int, int, Task> report, CancellationToken cancellation);
