namespace GGLib.Server.Telemetry;

/// <summary>One completed request, for the request log.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path.</param>
/// <param name="Status">The HTTP status; 499 if the client disconnected first.</param>
/// <param name="Duration">Time from the request's first byte to its end.</param>
/// <param name="Notes">Further details.</param>
public sealed record RequestLine(string Method, string Path, int Status, TimeSpan Duration, RequestNotes Notes);
