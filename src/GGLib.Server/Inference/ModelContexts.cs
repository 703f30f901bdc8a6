using GGLib.Catalog;
using GGLib.Engine.Scheduling;

namespace GGLib.Server.Inference;

/// <summary>The context that a request gets from each model. Never waits and opens no model file.</summary>
internal sealed class ModelContexts(Scheduler scheduler)
{
    /// <summary>Adds to each model the context of a request that does not ask for one: the allocated context of a loaded model, otherwise the context that a launch would allocate.</summary>
    /// <param name="models">The models.</param>
    /// <returns>The same models in the same order.</returns>
    public IReadOnlyList<ModelWithContext> Of(IReadOnlyList<CatalogModel> models)
    {
        var loaded = scheduler.Snapshot().Where(static runner => runner.Phase is RunnerPhase.Ready).ToDictionary(static runner => runner.Key, static runner => runner.ContextLength, StringComparer.Ordinal);
        var plans = scheduler.Plan(models.Select(ModelDirectory.ForEngine));
        return [.. models.Zip(plans, (model, plan) => new ModelWithContext(model, loaded.GetValueOrDefault(ModelDirectory.KeyOf(model), plan.ContextLength)))];
    }
}
