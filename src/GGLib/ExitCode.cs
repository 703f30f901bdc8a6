namespace GGLib;

/// <summary>What the program's exit code means. Scripts depend on these: a number is never given a second meaning.</summary>
internal static class ExitCode
{
    /// <summary>Done; also a server that was asked to stop and did.</summary>
    public const int Ok = 0;

    /// <summary>It did not work; the reason is on standard error.</summary>
    public const int Failure = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The port belongs to another program.</summary>
    public const int PortTaken = 3;

    /// <summary>There is no llama-server, or the one named does not run.</summary>
    public const int NoEngine = 4;

    /// <summary>There is no such model, or its file cannot be used.</summary>
    public const int NoModel = 5;

    /// <summary>No server answers where one was looked for, or what answers is none.</summary>
    public const int NoServer = 6;

    /// <summary>A model's file is not what it should be, or is not there.</summary>
    public const int Damaged = 7;

    /// <summary>A model could not be fetched or sent whole: no connection, or the other side refuses it or sends what cannot be right.</summary>
    public const int Network = 8;

    /// <summary>The disk is full, or cannot be written.</summary>
    public const int Disk = 9;
}
