extension GCPMachineType {
    /// The predefined types: family, GiB of memory to a vCPU, what else comes with it, and the sizes. A size says its
    /// vCPUs (`=`), its memory (`/`) and its GPUs (`*`) where they do not follow from its name and its family.
    ///
    /// https://cloud.google.com/compute/docs/machine-resource
    static let table = """
        e2 0: micro=2/1 small=2/2 medium=2/4
        e2-standard 4: 2 4 8 16 32
        n4a-standard 4 arm64: 1 2 4 8 16 32 48 64
        t2a-standard 4 arm64: 1 2 4 8 16 32 48
        n2d-standard 4: 2 4 8 16 32 48 64 80 96 128 224
        t2d-standard 4: 1 2 4 8 16 32 48 60
        c4a-standard 4 arm64: 1 2 4 8 16 32 48 64 72
        n4d-standard 4: 2 4 8 16 32 48 64 80 96
        c3d-standard 4: 4 8 16 30 60 90 180 360
        n1-standard 3.75: 1 2 4 8 16 32 64 96
        n4-standard 4: 2 4 8 16 32 48 64 80
        n2-standard 4: 2 4 8 16 32 48 64 80 96 128
        c4d-standard 0: 2/7 4/15 8/31 16/62 32/124 48/186 64/248 96/372 192/744 384/1488 384-metal=384/1536
        c4-standard 3.75: 2/7 4 8 16 24 32 48 96 144 192 288 288-metal=288
        c3-standard 4: 4 8 22 44 88 176 192-metal=192
        c2d-standard 4: 2 4 8 16 32 56 112
        c2-standard 4: 4 8 16 30 60
        e2-highcpu 1: 2 4 8 16 32
        n4a-highcpu 2 arm64: 1 2 4 8 16 32 48 64
        n2d-highcpu 1: 2 4 8 16 32 48 64 80 96 128 224
        n1-highcpu 0: 2/1.8 4/3.6 8/7.2 16/14.4 32/28.8 64/57.6 96/86.4
        c4a-highcpu 2 arm64: 1 2 4 8 16 32 48 64 72
        n2-highcpu 1: 2 4 8 16 32 48 64 80 96
        n4d-highcpu 2: 2 4 8 16 32 48 64 80 96
        n4-highcpu 2: 2 4 8 16 32 48 64 80
        c3d-highcpu 0: 4/8 8/16 16/32 30/59 60/118 90/177 180/354 360/708
        c2d-highcpu 2: 2 4 8 16 32 56 112
        c4d-highcpu 0: 2/3 4/7 8/15 16/30 32/60 48/90 64/120 96/180 192/360 384/720 384-metal=384/768
        c4-highcpu 2: 2 4 8 16 24 32 48 96 144 192 288 288-metal=288
        c3-highcpu 2: 4 8 22 44 88 176 192-metal=192/512
        e2-highmem 8: 2 4 8 16
        n4a-highmem 8 arm64: 1 2 4 8 16 32 48 64
        n2d-highmem 8: 2 4 8 16 32 48 64 80 96
        n1-highmem 6.5: 2 4 8 16 32 64 96
        c4a-highmem 8 arm64: 1 2 4 8 16 32 48 64 72 96-metal=96
        n4d-highmem 8: 2 4 8 16 32 48 64 80 96
        c3d-highmem 8: 4 8 16 30 60 90 180 360
        n4-highmem 8: 2 4 8 16 32 48 64 80
        n2-highmem 8: 2 4 8 16 32 48 64 80 96 128/864
        c2d-highmem 8: 2 4 8 16 32 56 112
        c4d-highmem 0: 2/15 4/31 8/63 16/126 32/252 48/378 64/504 96/756 192/1512 384/3024 384-metal=384/3072
        c4-highmem 7.75: 2/15 4 8 16 24 32 48 96 144 192 288 288-metal=288
        c3-highmem 8: 4 8 22 44 88 176 192-metal=192
        m1-megamem 0: 96/1433.6
        m3-megamem 15.25: 64 128
        m4-megamem 0: 28/372 56/744 112/1488 224/2976
        m4-hypermem 15.5: 16 32 64
        m1-ultramem 0: 40/961 80/1922 160/3844
        m3-ultramem 30.5: 32 64 128
        m4-ultramem 0: 56/1488 112/2976 224/5952
        m2-hypermem 0: 416/8832
        m2-ultramem 0: 208/5888 416/11776
        m2-megamem 0: 416/5888
        z3-highmem 8: 8-highlssd=8 14-standardlssd=14 16-highlssd=16 22-highlssd=22 22-standardlssd=22
          32-highlssd=32 44-highlssd=44 44-standardlssd=44 88-standardlssd=88 88-highlssd=88 176-standardlssd=176
          192-highlssd-metal=192
        h3-standard 4: 88
        g2-standard 4 nvidia-l4: 4 8 12 16 24*2 32 48*4 96*8
        g4-standard 3.75 nvidia-rtx-pro-6000: 48 96*2 192*4 384*8
        a2-highgpu 0 nvidia-tesla-a100: 1g=12/85 2g=24/170*2 4g=48/340*4 8g=96/680*8
        a2-megagpu 0 nvidia-tesla-a100: 16g=96/1360*16
        a2-ultragpu 0 nvidia-a100-80gb: 1g=12/170 2g=24/340*2 4g=48/680*4 8g=96/1360*8
        a3-highgpu 9 nvidia-h100-80gb: 1g=26 2g=52*2 4g=104*4 8g=208*8
        a3-megagpu 9 nvidia-h100-mega-80gb: 8g=208*8
        a3-ultragpu 0 nvidia-h200-141gb: 8g=224/2952*8
        a4-highgpu 0 nvidia-b200: 8g=224/3968*8
        """
}
