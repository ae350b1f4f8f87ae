namespace SparseNas.Training.Engine.Kernels;

/// <summary>Pooling.</summary>
internal sealed unsafe partial class LaneKernels<L, V>
{
    public override void MaxPool(float* x, float* y, in PoolLoops loops)
    {
        nint rowStep = (nint)loops.InputWidth * LaneBlock.Images;
        for (int plane = 0; plane < loops.Channels * loops.OutputHeight; plane++)
        {
            (int channel, int row) = Math.DivRem(plane, loops.OutputHeight);
            float* first = x + (((channel * loops.InputHeight) + (row * loops.RowStride)) * rowStep);
            for (int column = 0; column < loops.OutputWidth; column++, first += loops.ColumnStride * LaneBlock.Images)
            {
                for (int lane = 0; lane < LaneBlock.Images; lane += L.Count, y += L.Count)
                {
                    V largest = L.Load(first + lane);
                    for (int i = 0; i < loops.Height; i++)
                    {
                        float* source = first + (i * rowStep) + lane;
                        for (int j = 0; j < loops.Width; j++, source += LaneBlock.Images) largest = L.Max(largest, L.Load(source));
                    }

                    L.Store(largest, y);
                }
            }
        }
    }

    public override void MaxPoolGradient(float* x, float* y, float* dy, float* dx, in PoolLoops loops)
    {
        nint rowStep = (nint)loops.InputWidth * LaneBlock.Images;
        for (int plane = 0; plane < loops.Channels * loops.OutputHeight; plane++)
        {
            (int channel, int row) = Math.DivRem(plane, loops.OutputHeight);
            nint first = ((channel * loops.InputHeight) + (row * loops.RowStride)) * rowStep;
            for (int column = 0; column < loops.OutputWidth; column++, first += loops.ColumnStride * LaneBlock.Images)
            {
                for (int lane = 0; lane < LaneBlock.Images; lane += L.Count, y += L.Count, dy += L.Count)
                {
                    V largest = L.Load(y), left = L.Load(dy);   // what is left of dy: the first equal value takes all of it
                    for (int i = 0; i < loops.Height; i++)
                    {
                        nint at = first + (i * rowStep) + lane;
                        for (int j = 0; j < loops.Width; j++, at += LaneBlock.Images)
                        {
                            V here = L.Equal(L.Load(x + at), largest);
                            L.Store(L.Add(L.Load(dx + at), L.And(here, left)), dx + at);
                            left = L.AndNot(left, here);
                        }
                    }
                }
            }
        }
    }

    public override void AveragePool(float* x, float* y, in PoolLoops loops)
    {
        nint rowStep = (nint)loops.InputWidth * LaneBlock.Images;
        V factor = L.Create(1f / (loops.Height * loops.Width));
        for (int plane = 0; plane < loops.Channels * loops.OutputHeight; plane++)
        {
            (int channel, int row) = Math.DivRem(plane, loops.OutputHeight);
            float* first = x + (((channel * loops.InputHeight) + (row * loops.RowStride)) * rowStep);
            for (int column = 0; column < loops.OutputWidth; column++, first += loops.ColumnStride * LaneBlock.Images)
            {
                for (int lane = 0; lane < LaneBlock.Images; lane += L.Count, y += L.Count)
                {
                    V sum = L.Create(0);
                    for (int i = 0; i < loops.Height; i++)
                    {
                        float* source = first + (i * rowStep) + lane;
                        for (int j = 0; j < loops.Width; j++, source += LaneBlock.Images) sum = L.Add(sum, L.Load(source));
                    }

                    L.Store(L.Multiply(sum, factor), y);
                }
            }
        }
    }

    public override void AveragePoolGradient(float* dy, float* dx, in PoolLoops loops)
    {
        nint rowStep = (nint)loops.InputWidth * LaneBlock.Images;
        V factor = L.Create(1f / (loops.Height * loops.Width));
        for (int plane = 0; plane < loops.Channels * loops.OutputHeight; plane++)
        {
            (int channel, int row) = Math.DivRem(plane, loops.OutputHeight);
            float* first = dx + (((channel * loops.InputHeight) + (row * loops.RowStride)) * rowStep);
            for (int column = 0; column < loops.OutputWidth; column++, first += loops.ColumnStride * LaneBlock.Images)
            {
                for (int lane = 0; lane < LaneBlock.Images; lane += L.Count, dy += L.Count)
                {
                    V share = L.Multiply(L.Load(dy), factor);
                    for (int i = 0; i < loops.Height; i++)
                    {
                        float* target = first + (i * rowStep) + lane;
                        for (int j = 0; j < loops.Width; j++, target += LaneBlock.Images) L.Store(L.Add(L.Load(target), share), target);
                    }
                }
            }
        }
    }
}
