using System;
using SparseNas.Generated;

namespace SparseNas.Device
{
    /// <summary>
    /// Boots, proves that the model computes here what it computed on the computer that made it, then goes on to <see cref="Live"/>.
    /// Everything this program ever allocates is allocated before <see cref="Live"/> runs.
    /// </summary>
    public static class Program
    {
        public static void Main()
        {
            try
            {
                Report.Begin();
                Report.Heap("start");

                int failed = SelfTest.Run();
                SelfTest.Time();
                Probe.Run(Model.Arena);

                Report.Heap("end");
                Report.Done(failed);
                Live.Run();
            }
            catch (Exception error)
            {
                Report.Error(error);
            }
        }
    }
}
