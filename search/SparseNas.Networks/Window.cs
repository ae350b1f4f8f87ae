namespace SparseNas.Networks;

/// <summary>How one dimension of a sliding window runs: the arithmetic of <see cref="Padding"/>, stated once.</summary>
/// <param name="Input">Extent of the input.</param>
/// <param name="Kernel">Extent of the window.</param>
/// <param name="Stride">Step.</param>
/// <param name="Before">Zeros in front of the first input value.</param>
/// <param name="Output">Extent of the output; below 1 when the window does not fit.</param>
public readonly record struct Window(int Input, int Kernel, int Stride, int Before, int Output)
{
    /// <summary>The window for an input, kernel, stride and border rule. An input of extent 1 has stride 1.</summary>
    public static Window Of(int input, int kernel, int stride, Padding padding)
    {
        int step = input == 1 ? 1 : stride;
        if (padding == Padding.Valid) return new Window(input, kernel, step, 0, input < kernel ? 0 : ((input - kernel) / step) + 1);
        int output = (input + step - 1) / step;
        int total = Math.Max(((output - 1) * step) + kernel - input, 0);
        return new Window(input, kernel, step, total / 2, output);
    }

    /// <summary>First input position under the window at <paramref name="output"/>; negative inside the padding.</summary>
    public int Start(int output) => (output * Stride) - Before;
}
