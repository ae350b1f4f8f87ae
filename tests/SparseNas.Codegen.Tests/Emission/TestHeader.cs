using SparseNas.Boards;
using SparseNas.Codegen.Emission;

namespace SparseNas.Codegen.Tests.Emission;

/// <summary>Header and cost table of models made in tests.</summary>
internal static class TestHeader
{
    public static ModelHeader Plain { get; } = new("0.0-test", "unit test", 7, "0.9871 (validation)", []);

    public static CostTable CortexM4F { get; } = BoardCatalog.Default.FindCostTable("cortex-m4f-lto");
}
