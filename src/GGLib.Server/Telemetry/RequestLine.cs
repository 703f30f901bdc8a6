namespace GGLib.Server.Telemetry;

/// <summary>One request that has ended, for the line that is printed of it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path.</param>
/// <param name="Status">The status; 499 when the client left first.</param>
/// <param name="Duration">From its first byte to its end.</param>
/// <param name="Notes">What else is known.</param>
public sealed record RequestLine(string Method, string Path, int Status, TimeSpan Duration, RequestNotes Notes);
