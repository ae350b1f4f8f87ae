namespace SparseNas.Networks.Tests;

/// <summary>Window arithmetic against counting windows one by one.</summary>
public class WindowTests
{
    [Fact]
    public void ValidCountsTheWindowsThatLieInsideTheInput()
    {
        foreach ((int input, int kernel, int stride) in Cases())
        {
            int step = input == 1 ? 1 : stride, count = 0;
            for (int start = 0; start + kernel <= input; start += step) count++;
            Window window = Window.Of(input, kernel, stride, Padding.Valid);
            Assert.Equal(new Window(input, kernel, step, 0, count), window);
        }
    }

    [Fact]
    public void SameHasOneWindowPerStrideAndTheSmallestPaddingThatReachesThem()
    {
        foreach ((int input, int kernel, int stride) in Cases())
        {
            Window window = Window.Of(input, kernel, stride, Padding.Same);
            int step = input == 1 ? 1 : stride;
            int count = 0;
            for (int start = 0; start < input; start += step) count++;
            int padding = 0;
            while (((count - 1) * step) + kernel > input + padding) padding++;
            Assert.Equal(new Window(input, kernel, step, padding / 2, count), window);
            Assert.Equal(-(padding / 2), window.Start(0));
            Assert.Equal(((count - 1) * step) - (padding / 2), window.Start(count - 1));
        }
    }

    [Theory]   // TensorFlow's documented examples: input 28 and 5
    [InlineData(28, 3, 2, 14, 0)]
    [InlineData(28, 3, 1, 28, 1)]
    [InlineData(5, 2, 1, 5, 0)]
    [InlineData(5, 3, 2, 3, 1)]
    [InlineData(1, 3, 2, 1, 1)]
    public void SameByHand(int input, int kernel, int stride, int output, int before)
    {
        Window window = Window.Of(input, kernel, stride, Padding.Same);
        Assert.Equal((output, before), (window.Output, window.Before));
    }

    private static IEnumerable<(int Input, int Kernel, int Stride)> Cases() =>
        from input in Enumerable.Range(1, 20)
        from kernel in Enumerable.Range(1, 7)
        from stride in Enumerable.Range(1, 3)
        select (input, kernel, stride);
}
