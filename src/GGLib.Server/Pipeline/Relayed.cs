using GGLib.Catalog;
using GGLib.Server.Dialects.OpenAI;
using GGLib.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace GGLib.Server.Pipeline;

/// <summary>A request that has passed the checks, on its way to the engine.</summary>
/// <param name="Context">The request as the server has it.</param>
/// <param name="Dialect">What it is written in.</param>
/// <param name="Body">Its body.</param>
/// <param name="Request">What the gateway needs of it.</param>
/// <param name="Model">The model that it names.</param>
/// <param name="Adjustments">What the engine is told otherwise.</param>
/// <param name="Extra">Further fields, without braces, none of which is in the body; may be empty.</param>
internal sealed record Relayed(HttpContext Context, RelayDialect Dialect, RequestBody Body, RelayedRequest Request, CatalogModel Model, ChatAdjustments Adjustments, byte[] Extra);
