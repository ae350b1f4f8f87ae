using SparseNas.Codegen.Emission.Code;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Plain;

/// <summary>Selected values as one loop over a table of indices, which costs flash and heap.</summary>
internal static class PlainGather
{
    /// <summary>The code of the gather at <paramref name="site"/>.</summary>
    public static OperatorCode Of(OperatorSite site)
    {
        var op = (QuantizedGather)site.Operator;
        DeviceType type = op.Indices[^1] <= byte.MaxValue ? DeviceType.Bytes : op.Indices[^1] <= short.MaxValue ? DeviceType.Shorts : DeviceType.Ints;
        Table indices = new($"Indices{site.Index}", type, op.Indices);
        Variable code = Variable.Value("code");
        Statement loop = For.Times("feature", op.Indices.Length, feature =>
        {
            Expression value = OperatorSite.Arena[indices.Reference[feature] + site.InputOffset()];
            Expression target = feature + site.OutputOffset;
            return op.Minimum == 0
                ? [new Store(OperatorSite.Arena, target, value)]
                : [new Declare(code, value), AtLeastMinimum(site, code), new Store(OperatorSite.Arena, target, code)];
        });
        return new OperatorCode("plain", [site.Index], new Method(site.MethodName, StepComment.Of(site, "plain loops"), Block.Of(loop)), [indices]);
    }

    /// <summary>The ReLU of a selected value.</summary>
    public static Statement AtLeastMinimum(OperatorSite site, Variable code) =>
        PlainOutput.Clamp(code, Comparison.Less, ((QuantizedGather)site.Operator).Minimum, BranchLikelihood.BelowMinimum(site));
}
