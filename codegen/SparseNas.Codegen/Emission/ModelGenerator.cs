using SparseNas.Boards;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission;

/// <summary>From an integer network to device source in one call: plan memory, choose strategies, emit.</summary>
/// <example><code>
/// GeneratedModel model = ModelGenerator.Generate(network, EmissionGoal.Auto, board.CostTable, EmissionBudget.Unlimited, header);
/// </code></example>
public static class ModelGenerator
{
    /// <summary>Generates a model: writes what <see cref="CodeChoice"/> decides.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="goal">What is wanted of the code.</param>
    /// <param name="costs">Cost of instructions on the board's core.</param>
    /// <param name="budget">What the code may take of the board.</param>
    /// <param name="header">What the head of the source says.</param>
    /// <exception cref="EmissionBudgetException">No choice of strategies fits the budget.</exception>
    public static GeneratedModel Generate(
        QuantizedNetwork network, EmissionGoal goal, CostTable costs, EmissionBudget budget, ModelHeader header)
    {
        CodeChoice choice = CodeChoice.Make(network, goal, costs, budget);
        return Emitter.Emit(network, choice.Plan, choice.Steps, header, costs);
    }
}
