using GGLib.Diagnosis;

namespace GGLib.Rendering.Json;

/// <summary>What <c>gglib doctor --json</c> prints.</summary>
/// <param name="Healthy">Whether nothing is wrong.</param>
/// <param name="Findings">Everything that was looked at.</param>
internal sealed record DoctorJson(bool Healthy, IReadOnlyList<Finding> Findings);
