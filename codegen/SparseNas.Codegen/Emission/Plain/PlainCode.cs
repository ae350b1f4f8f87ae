using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Plain;

/// <summary>Plain loops for any operator.</summary>
internal static class PlainCode
{
    /// <summary>The code of the operator at <paramref name="site"/>.</summary>
    public static OperatorCode Of(OperatorSite site) => site.Operator switch
    {
        QuantizedKernel => PlainKernel.Of(site),
        QuantizedConcat => PlainConcat.Of(site),
        QuantizedGather => PlainGather.Of(site),
        _ => PlainPooling.Of(site),
    };
}
