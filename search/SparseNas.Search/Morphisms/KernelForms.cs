using MathNet.Numerics.LinearAlgebra;

namespace SparseNas.Search;

/// <summary>
/// The same linear map in other forms. A separable or downsampled convolution is a full one whose kernel has low rank: composing is exact,
/// factoring takes the nearest kernel (Eckart and Young 1936).
/// </summary>
internal static class KernelForms
{
    /// <summary>Depthwise [C,h,w] then pointwise [O,1,1,C] as one kernel [O,h,w,C].</summary>
    public static KernelTensor ComposeSeparable(KernelTensor depthwise, KernelTensor pointwise)
    {
        var full = new KernelTensor(pointwise.Outputs, depthwise.Height, depthwise.Width, depthwise.Outputs);
        ForEach(full, (output, row, column, input) => pointwise[output, 0, 0, input] * depthwise[input, row, column, 0]);
        return full;
    }

    /// <summary>Reduction [R,1,1,I] then convolution [O,h,w,R] as one kernel [O,h,w,I].</summary>
    public static KernelTensor ComposeReduced(KernelTensor reduce, KernelTensor core)
    {
        var full = new KernelTensor(core.Outputs, core.Height, core.Width, reduce.Inputs);
        ForEach(full, (output, row, column, input) =>
        {
            float sum = 0;
            for (int inner = 0; inner < core.Inputs; inner++) sum += core[output, row, column, inner] * reduce[inner, 0, 0, input];
            return sum;
        });
        return full;
    }

    /// <summary>For each input channel, the rank-1 kernel nearest to [O, h·w].</summary>
    public static (KernelTensor Depthwise, KernelTensor Pointwise) FactorSeparable(KernelTensor full)
    {
        var depthwise = new KernelTensor(full.Inputs, full.Height, full.Width, 1);
        var pointwise = new KernelTensor(full.Outputs, 1, 1, full.Inputs);
        for (int input = 0; input < full.Inputs; input++)
        {
            int channel = input;
            Matrix<float> slice = Matrix<float>.Build.Dense(
                full.Outputs, full.Height * full.Width, (output, tap) => full[output, tap / full.Width, tap % full.Width, channel]);
            var svd = slice.Svd();
            float root = MathF.Sqrt(svd.S[0]);
            for (int tap = 0; tap < full.Height * full.Width; tap++) depthwise[input, tap / full.Width, tap % full.Width, 0] = svd.VT[0, tap] * root;
            for (int output = 0; output < full.Outputs; output++) pointwise[output, 0, 0, input] = svd.U[output, 0] * root;
        }

        return (depthwise, pointwise);
    }

    /// <summary>The kernel of rank <paramref name="inner"/> nearest to [O·h·w, I]; ranks that do not exist stay 0.</summary>
    public static (KernelTensor Reduce, KernelTensor Core) FactorReduced(KernelTensor full, int inner)
    {
        int taps = full.Outputs * full.Height * full.Width;
        var svd = Matrix<float>.Build.Dense(taps, full.Inputs, (tap, input) => full.Values[(tap * full.Inputs) + input]).Svd();
        var reduce = new KernelTensor(inner, 1, 1, full.Inputs);
        var core = new KernelTensor(full.Outputs, full.Height, full.Width, inner);
        for (int rank = 0; rank < Math.Min(inner, svd.S.Count); rank++)
        {
            float root = MathF.Sqrt(svd.S[rank]);
            for (int input = 0; input < full.Inputs; input++) reduce[rank, 0, 0, input] = svd.VT[rank, input] * root;
            for (int tap = 0; tap < taps; tap++) core.Values[(tap * inner) + rank] = svd.U[tap, rank] * root;
        }

        return (reduce, core);
    }

    /// <summary>Two kernels over one input as one: their sum, or the outputs of both one behind the other.</summary>
    /// <param name="main">[O,h,w,I], the larger extent.</param>
    /// <param name="side">[P,h',w',I]; P = O for a sum.</param>
    /// <param name="mainTap">Where the first tap of the main kernel lies over the input at output 0.</param>
    /// <param name="sideTap">The same of the side kernel.</param>
    /// <param name="isSum">Whether they add up.</param>
    public static KernelTensor Merge(KernelTensor main, KernelTensor side, (int Row, int Column) mainTap, (int Row, int Column) sideTap, bool isSum)
    {
        var merged = new KernelTensor(isSum ? main.Outputs : main.Outputs + side.Outputs, main.Height, main.Width, main.Inputs);
        main.Values.CopyTo(merged.Values, 0);
        int first = isSum ? 0 : main.Outputs, rows = sideTap.Row - mainTap.Row, columns = sideTap.Column - mainTap.Column;
        for (int output = 0; output < side.Outputs; output++)
        {
            for (int row = 0; row < side.Height; row++)
            {
                for (int column = 0; column < side.Width; column++)
                {
                    for (int input = 0; input < side.Inputs; input++) merged[first + output, row + rows, column + columns, input] += side[output, row, column, input];
                }
            }
        }

        return merged;
    }

    private static void ForEach(KernelTensor kernel, Func<int, int, int, int, float> value)
    {
        for (int output = 0; output < kernel.Outputs; output++)
        {
            for (int row = 0; row < kernel.Height; row++)
            {
                for (int column = 0; column < kernel.Width; column++)
                {
                    for (int input = 0; input < kernel.Inputs; input++) kernel[output, row, column, input] = value(output, row, column, input);
                }
            }
        }
    }
}
