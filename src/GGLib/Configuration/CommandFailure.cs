namespace GGLib.Configuration;

/// <summary>Why a verb cannot go on: something a user can put right.</summary>
/// <param name="Code">One of <see cref="ExitCode"/>.</param>
/// <param name="Message">What happened, and what to do about it. Further lines are details.</param>
internal sealed record CommandFailure(int Code, string Message);
