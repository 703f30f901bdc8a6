namespace GGLib.Catalog.Registries;

/// <summary>Why a model could not be fetched or sent. Every one is an expected end, told with a sentence of its own in <see cref="TransferFailure"/>.</summary>
public enum TransferFault
{
    /// <summary>The text is no name of a model.</summary>
    InvalidName,

    /// <summary>The name asks for plain HTTP, which was not allowed.</summary>
    Insecure,

    /// <summary>There is no such model, variant or file.</summary>
    NotFound,

    /// <summary>The server wants to know who asks: a token is missing, wrong, or has not the right.</summary>
    Unauthorized,

    /// <summary>The server answered too many requests, for longer than was waited.</summary>
    Busy,

    /// <summary>No connection, or it broke off or stalled more often than was tried again.</summary>
    Unreachable,

    /// <summary>The server answered something that cannot be right.</summary>
    BadAnswer,

    /// <summary>What is offered is in a form that cannot be used here.</summary>
    Unsupported,

    /// <summary>What came has another SHA-256 than announced, also after it was fetched once more.</summary>
    DigestMismatch,

    /// <summary>The disk has too little room.</summary>
    DiskFull,

    /// <summary>The folder cannot be written, or another error of the disk.</summary>
    Storage,
}
