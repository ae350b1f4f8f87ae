using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;

namespace SparseNas.Codegen.Emission;

/// <summary>The static fields in which a model with row stages remembers how far the image has come; they lie in a class of their own.</summary>
internal static class RowNumbers
{
    /// <summary>The class that holds them.</summary>
    public const string Class = "Rows";

    /// <summary>Rows in place of a stage's window; below 0: rows to leave out.</summary>
    public static StaticNumber Filled(RowStage stage) => new($"{Class}.Filled{stage.Operators[^1]}");

    /// <summary>Where the next row of the tensor goes that a stage leaves whole.</summary>
    public static StaticNumber Next(RowStage stage) => new($"{Class}.Next{stage.Operators[^1]}");

    /// <summary>Rows that an accumulating operator has added.</summary>
    public static StaticNumber Added(int op) => new($"{Class}.Added{op}");
}
